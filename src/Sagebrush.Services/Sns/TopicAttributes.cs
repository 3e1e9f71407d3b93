using Sagebrush.Contracts.Sns;
using Sagebrush.Services.Iam;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Sns;

/// <summary>The attributes of topics that can be set, and what each may hold.</summary>
internal static class TopicAttributes
{
    public const string DisplayName = "DisplayName";

    public const string Policy = "Policy";

    public const string DeliveryPolicy = "DeliveryPolicy";

    public const string SignatureVersion = "SignatureVersion";

    private const int MaxDisplayName = 100;

    /// <summary>Demands an attribute that can be set, with a value it may have.</summary>
    /// <exception cref="ServiceException"><c>InvalidParameter</c>.</exception>
    public static void Check(string name, string value)
    {
        switch (name)
        {
            case DisplayName:
                Demand(value.Length <= MaxDisplayName, "DisplayName");
                break;
            case Policy:
                Demand(value.Length == 0 || PolicyDocument.Problem(value) is null, "Policy failed to parse");
                break;
            case DeliveryPolicy:
                CheckDelivery(value);
                break;
            case SignatureVersion:
                Demand(value is "1" or "2", "SignatureVersion Reason: only 1 and 2 are known");
                break;
            case "TracingConfig":
                Demand(value is "PassThrough" or "Active", "TracingConfig");
                break;
            case "KmsMasterKeyId":
                break;
            case "FifoTopic":
                Demand(value != "true", "FifoTopic Reason: FIFO topics deliver only to SQS queues, which are not served here");
                break;
            default:
                Demand(
                    name.EndsWith("SuccessFeedbackRoleArn", StringComparison.Ordinal) || name.EndsWith("FailureFeedbackRoleArn", StringComparison.Ordinal)
                        || name.EndsWith("SuccessFeedbackSampleRate", StringComparison.Ordinal),
                    "AttributeName");
                break;
        }
    }

    private static void CheckDelivery(string value)
    {
        try
        {
            _ = value.Length == 0 ? null : RetryPolicy.Parse(value);
        }
        catch (FormatException problem)
        {
            Demand(false, $"DeliveryPolicy: {problem.Message}");
        }
    }

    private static void Demand(bool holds, string what)
    {
        if (!holds)
        {
            throw SnsErrors.InvalidParameterException($"Invalid parameter: {what}");
        }
    }
}
