using System.Diagnostics.CodeAnalysis;

using Sagebrush.Contracts.Sns;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Sns;

/// <summary>The parts of <c>arn:aws:sns:REGION:ACCOUNT:NAME</c>, with <c>:ID</c> behind it for a subscription.</summary>
/// <param name="Region">The region.</param>
/// <param name="Account">The account.</param>
/// <param name="Name">The topic's name.</param>
/// <param name="SubscriptionId">The subscription, if the ARN names one.</param>
internal sealed record TopicArn(string Region, string Account, string Name, string? SubscriptionId)
{
    /// <summary>The topic's own ARN.</summary>
    public string Topic => $"arn:aws:sns:{Region}:{Account}:{Name}";

    /// <summary>Reads an ARN of SNS; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? arn, [NotNullWhen(true)] out TopicArn? parts)
    {
        parts = arn?.Split(':') switch
        {
            ["arn", _, "sns", { Length: > 0 } region, { Length: > 0 } account, { Length: > 0 } name] => new TopicArn(region, account, name, null),
            ["arn", _, "sns", { Length: > 0 } region, { Length: > 0 } account, { Length: > 0 } name, { Length: > 0 } id] => new TopicArn(region, account, name, id),
            _ => null,
        };
        return parts is not null;
    }

    /// <summary>Reads the ARN of a topic of the caller's account and region.</summary>
    /// <exception cref="ServiceException"><c>InvalidParameter</c>.</exception>
    public static TopicArn OfTopic(string? arn, CallContext context) => Of(arn, context, "TopicArn", subscription: false);

    /// <summary>Reads the ARN of a subscription of the caller's account and region.</summary>
    /// <exception cref="ServiceException"><c>InvalidParameter</c>.</exception>
    public static TopicArn OfSubscription(string? arn, CallContext context) => Of(arn, context, "SubscriptionArn", subscription: true);

    private static TopicArn Of(string? arn, CallContext context, string member, bool subscription)
    {
        if (!TryParse(arn, out var parts) || parts.SubscriptionId is not null != subscription)
        {
            var elements = arn?.Split(':').Length ?? 0;
            throw SnsErrors.InvalidParameterException($"Invalid parameter: {member} Reason: An ARN must have at least 6 elements, not {elements}, and name a {(subscription ? "subscription" : "topic")} of sns");
        }

        // An unsigned link carries no region: the ARN itself does.
        return context.AccessKeyId is null || parts.Region == context.Region
            ? parts
            : throw SnsErrors.InvalidParameterException($"Invalid parameter: {member}");
    }
}
