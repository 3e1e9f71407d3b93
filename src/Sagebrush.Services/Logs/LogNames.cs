using Sagebrush.Contracts.Logs;
using Sagebrush.State.Logs;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Logs;

/// <summary>How groups and streams are named in requests and answers, and the errors when there is none of the name.</summary>
internal static class LogNames
{
    private const string GroupPart = "log-group:";

    public static LogGroupKey Group(this CallContext context, string name) => new(context.AccountId, context.Region, name);

    /// <summary>The group a request names, or identifies by name or ARN: exactly one of both.</summary>
    public static LogGroupKey Group(this CallContext context, string? name, string? identifier) => (name, identifier) switch
    {
        ({ } plain, null) => context.Group(plain),
        (null, { } either) => context.GroupOf(either),
        (null, null) => throw LogsErrors.InvalidParameterException(
            "Either logGroupName or logGroupIdentifier must be specified."),
        _ => throw LogsErrors.InvalidParameterException(
            "logGroupName and logGroupIdentifier are mutually exclusive; specify one of them."),
    };

    /// <summary>The group of an ARN, with or without <c>:*</c> at its end, or of a name.</summary>
    public static LogGroupKey GroupOf(this CallContext context, string identifier)
    {
        if (!identifier.StartsWith("arn:", StringComparison.Ordinal))
        {
            return context.Group(identifier);
        }

        var parts = identifier.Split(':', 6);
        if (parts is not [_, _, "logs", var region, var account, var resource]
            || !resource.StartsWith(GroupPart, StringComparison.Ordinal))
        {
            throw LogsErrors.InvalidParameterException($"{identifier} is not the ARN of a log group.");
        }

        var name = resource[GroupPart.Length..];
        name = name.EndsWith(":*", StringComparison.Ordinal) ? name[..^2] : name;
        return account == context.AccountId && region == context.Region && !name.Contains(':', StringComparison.Ordinal)
            ? context.Group(name)
            : throw NoGroup();
    }

    public static string Arn(LogGroupKey group) =>
        $"arn:aws:logs:{group.Region}:{group.Account}:{GroupPart}{group.Name}";

    public static string Arn(LogStreamKey stream) => $"{Arn(stream.Group)}:log-stream:{stream.Name}";

    public static ServiceException NoGroup() =>
        LogsErrors.ResourceNotFoundException("The specified log group does not exist.");

    public static ServiceException NoStream() =>
        LogsErrors.ResourceNotFoundException("The specified log stream does not exist.");

    /// <summary>The error for a stream that was not found: its group may be what is missing.</summary>
    public static async ValueTask<ServiceException> MissingAsync(
        this ILogStore store, LogStreamKey stream, CancellationToken cancellationToken) =>
        await store.FindGroupAsync(stream.Group, cancellationToken) is null ? NoGroup() : NoStream();

    public static ServiceException BadToken() =>
        LogsErrors.InvalidParameterException("The specified nextToken is invalid.");
}
