using Sagebrush.Contracts.Logs;
using Sagebrush.Services.Logs.MetricFilters;
using Sagebrush.State.Logs;
using Sagebrush.State.Paging;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using LogGroup = Sagebrush.Contracts.Logs.LogGroup;

namespace Sagebrush.Services.Logs;

/// <summary>Log groups: made, deleted, listed, and for how long they keep their events.</summary>
internal sealed class LogGroupOperations(ILogStore store, MetricFilterOperations filters)
{
    private const int DefaultLimit = 50;

    private static readonly int[] Retentions =
    [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ];

    public void Map(ApiMap api)
    {
        api.Map(LogsApi.CreateLogGroup, CreateAsync);
        api.Map(LogsApi.DeleteLogGroup, DeleteAsync);
        api.Map(LogsApi.DescribeLogGroups, DescribeAsync);
        api.Map(LogsApi.PutRetentionPolicy, PutRetentionAsync);
        api.Map(LogsApi.DeleteRetentionPolicy, DeleteRetentionAsync);
    }

    public async ValueTask<EmptyShape> CreateAsync(
        CreateLogGroupRequest request, CallContext context, CancellationToken cancellationToken)
    {
        RefuseWhatIsMissing(request);
        return await store.TryCreateGroupAsync(context.Group(request.LogGroupName), request.Tags, cancellationToken)
            ? EmptyShape.Instance
            : throw LogsErrors.ResourceAlreadyExistsException("The specified log group already exists");
    }

    public async ValueTask<EmptyShape> DeleteAsync(
        DeleteLogGroupRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var group = context.Group(request.LogGroupName);
        if (!await store.DeleteGroupAsync(group, cancellationToken))
        {
            throw LogNames.NoGroup();
        }

        await filters.DeleteAllAsync(group, cancellationToken);
        return EmptyShape.Instance;
    }

    public async ValueTask<DescribeLogGroupsResponse> DescribeAsync(
        DescribeLogGroupsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (request is { LogGroupNamePrefix: not null, LogGroupNamePattern: not null })
        {
            throw LogsErrors.InvalidParameterException(
                "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
        }

        // Only groups of the standard class exist here, and only of the caller's own account.
        if (request.LogGroupClass is not (null or LogGroupClass.Standard)
            || (request.AccountIdentifiers is { Count: > 0 } accounts && !accounts.Contains(context.AccountId)))
        {
            return new DescribeLogGroupsResponse { LogGroups = [] };
        }

        if (request.LogGroupIdentifiers is { } identifiers)
        {
            return await DescribeAsync(identifiers, context, cancellationToken);
        }

        try
        {
            var page = await store.ListGroupsAsync(
                new LogGroupQuery
                {
                    Account = context.AccountId,
                    Region = context.Region,
                    Prefix = request.LogGroupNamePrefix ?? "",
                    Contains = request.LogGroupNamePattern,
                    PageSize = request.Limit ?? DefaultLimit,
                    PageToken = request.NextToken,
                },
                cancellationToken);
            return new DescribeLogGroupsResponse
            {
                LogGroups = [.. page.Groups.Select(Describe)],
                NextToken = page.NextToken,
            };
        }
        catch (InvalidPageTokenException)
        {
            throw LogNames.BadToken();
        }
    }

    private async ValueTask<DescribeLogGroupsResponse> DescribeAsync(
        List<string> identifiers, CallContext context, CancellationToken cancellationToken)
    {
        var response = new DescribeLogGroupsResponse { LogGroups = [] };
        foreach (var identifier in identifiers.Distinct(StringComparer.Ordinal))
        {
            if (await store.FindGroupAsync(context.GroupOf(identifier), cancellationToken) is { } group)
            {
                response.LogGroups.Add(Describe(group));
            }
        }

        return response;
    }

    public async ValueTask<EmptyShape> PutRetentionAsync(
        PutRetentionPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var days = request.RetentionInDays;
        if (!Retentions.Contains(days))
        {
            throw LogsErrors.InvalidParameterException(
                $"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: "
                + $"Member must satisfy enum value set: [{string.Join(", ", Retentions)}]");
        }

        return await SetRetentionAsync(context.Group(request.LogGroupName), days, cancellationToken);
    }

    public ValueTask<EmptyShape> DeleteRetentionAsync(
        DeleteRetentionPolicyRequest request, CallContext context, CancellationToken cancellationToken) =>
        SetRetentionAsync(context.Group(request.LogGroupName), null, cancellationToken);

    private async ValueTask<EmptyShape> SetRetentionAsync(
        LogGroupKey group, int? days, CancellationToken cancellationToken) =>
        await store.SetRetentionAsync(group, days, cancellationToken) ? EmptyShape.Instance : throw LogNames.NoGroup();

    private static void RefuseWhatIsMissing(CreateLogGroupRequest request)
    {
        var member = request switch
        {
            { KmsKeyId: not null } => "kmsKeyId",
            { LogGroupClass: not (null or LogGroupClass.Standard) } => "logGroupClass",
            { DeletionProtectionEnabled: true } => "deletionProtectionEnabled",
            _ => null,
        };
        if (member is not null)
        {
            throw LogsErrors.InvalidParameterException(
                $"{member} is not supported here: log groups are of class STANDARD, without a KMS key and deletion protection.");
        }
    }

    private static LogGroup Describe(State.Logs.LogGroup group) => new()
    {
        LogGroupName = group.Key.Name,
        CreationTime = group.Created,
        RetentionInDays = group.RetentionDays,
        MetricFilterCount = 0,
        Arn = LogNames.Arn(group.Key) + ":*",
        LogGroupArn = LogNames.Arn(group.Key),
        StoredBytes = group.StoredBytes,
        LogGroupClass = LogGroupClass.Standard,
    };
}
