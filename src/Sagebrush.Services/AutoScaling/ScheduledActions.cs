using Sagebrush.Contracts.ApplicationAutoScaling;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoScaling;

/// <summary>The operations on scheduled actions.</summary>
internal sealed class ScheduledActions(IResourceStore store, EndpointCapacity capacities, TimeProvider time)
{
    private readonly ResourceSet<ScalableTargetDocument> _targets = store.For(AutoScalingKinds.Target);
    private readonly ResourceSet<ScheduledActionDocument> _actions = store.For(AutoScalingKinds.ScheduledAction);

    public async ValueTask<PutScheduledActionResponse> PutAsync(PutScheduledActionRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var resource = ScalableResource.Parse(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
        if (await _targets.FindAsync(context.AccountId, context.Region, resource.Name, cancellationToken) is null)
        {
            throw ScalableTargetOperations.NotFound(resource, context);
        }

        await capacities.CheckMinimumAsync(request.ScalableTargetAction?.MinCapacity, resource, context, cancellationToken);
        var key = Key(context, resource, request.ScheduledActionName);
        await _actions.PutAsync(
            key,
            action => Changed(action, request),
            () => _actions.TryAddAsync(
                key,
                context.Arn("autoscaling", $"scheduledAction:{Guid.NewGuid()}:resource/sagemaker/{resource.Id}:scheduledActionName/{request.ScheduledActionName}"),
                New(resource, request),
                [],
                cancellationToken),
            cancellationToken);
        return new PutScheduledActionResponse();
    }

    public async ValueTask<DescribeScheduledActionsResponse> DescribeAsync(
        DescribeScheduledActionsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var parent = AutoScalingLists.Parent(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
        var page = await _actions.PageAsync(context, AutoScalingKinds.ScheduledAction.Name, parent, request.MaxResults, request.NextToken, newestFirst: false, cancellationToken);
        return new DescribeScheduledActionsResponse
        {
            ScheduledActions = [.. page.Items
                .Where(item => request.ScheduledActionNames is not { Count: > 0 } names || names.Contains(item.Document.ActionName))
                .Select(item => new ScheduledAction
                {
                    ScheduledActionName = item.Document.ActionName,
                    ScheduledActionARN = item.Arn,
                    ServiceNamespace = "sagemaker",
                    Schedule = item.Document.Schedule,
                    Timezone = item.Document.Timezone,
                    ResourceId = item.Document.Resource.Id,
                    ScalableDimension = item.Document.Dimension,
                    StartTime = item.Document.Start,
                    EndTime = item.Document.End,
                    ScalableTargetAction = new ScalableTargetAction { MinCapacity = item.Document.Min, MaxCapacity = item.Document.Max },
                    CreationTime = item.Created,
                })],
            NextToken = page.NextToken,
        };
    }

    public async ValueTask<DeleteScheduledActionResponse> DeleteAsync(
        DeleteScheduledActionRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var resource = ScalableResource.Parse(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
        return await _actions.DeleteAsync(Key(context, resource, request.ScheduledActionName), null, cancellationToken)
            ? new DeleteScheduledActionResponse()
            : throw ApplicationAutoScalingErrors.ObjectNotFoundException(
                $"No scheduled action found for service namespace: sagemaker, resource ID: {resource.Id}, scalable dimension: {resource.Dimension}, scheduled action name: {request.ScheduledActionName}");
    }

    /// <summary>Deletes a target's actions.</summary>
    public async Task DeleteAllAsync(string account, string region, ScalableResource resource, CancellationToken cancellationToken)
    {
        foreach (var action in await AllAsync(account, region, resource, cancellationToken))
        {
            await _actions.DeleteAsync(action.Key, null, cancellationToken);
        }
    }

    /// <summary>A target's actions.</summary>
    public Task<List<Stored<ScheduledActionDocument>>> AllAsync(string account, string region, ScalableResource resource, CancellationToken cancellationToken) =>
        _actions.AllAsync(account, region, AutoScalingKinds.ScheduledAction.Name, resource.Name, cancellationToken);

    /// <summary>Notes that an action was carried out, and when it is due again.</summary>
    public async Task DoneAsync(Stored<ScheduledActionDocument> action, CancellationToken cancellationToken) =>
        await _actions.UpdateAsync(action.Key, current => current with { Next = Next(current, action.Created) }, cancellationToken);

    private ScheduledActionDocument New(ScalableResource resource, PutScheduledActionRequest request) => Changed(
        new ScheduledActionDocument
        {
            ActionName = request.ScheduledActionName,
            Endpoint = resource.Endpoint,
            Variant = resource.Variant,
            Dimension = resource.Dimension,
            Schedule = request.Schedule ?? throw ApplicationAutoScalingErrors.ValidationException("Schedule is required for a new scheduled action."),
        },
        request);

    private ScheduledActionDocument Changed(ScheduledActionDocument action, PutScheduledActionRequest request)
    {
        var changed = action with
        {
            Schedule = request.Schedule ?? action.Schedule,
            Timezone = request.Timezone ?? action.Timezone,
            Start = request.StartTime ?? action.Start,
            End = request.EndTime ?? action.End,
            Min = request.ScalableTargetAction is null ? action.Min : request.ScalableTargetAction.MinCapacity,
            Max = request.ScalableTargetAction is null ? action.Max : request.ScalableTargetAction.MaxCapacity,
        };
        if (changed.Min is null && changed.Max is null)
        {
            throw ApplicationAutoScalingErrors.ValidationException("ScalableTargetAction needs MinCapacity, MaxCapacity or both.");
        }

        if (changed.Min < 0 || changed.Max < 0)
        {
            throw ApplicationAutoScalingErrors.ValidationException("ScalableTargetAction: capacities cannot be negative.");
        }

        if (changed.Max < changed.Min)
        {
            throw ApplicationAutoScalingErrors.ValidationException("Maximum capacity cannot be less than minimum capacity.");
        }

        if (changed.End <= changed.Start)
        {
            throw ApplicationAutoScalingErrors.ValidationException("EndTime must be after StartTime.");
        }

        return changed with { Next = Next(changed, time.GetUtcNow()) };
    }

    private DateTimeOffset? Next(ScheduledActionDocument action, DateTimeOffset created)
    {
        TimeZoneInfo zone;
        try
        {
            zone = action.Timezone is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(action.Timezone);
        }
        catch (Exception error) when (error is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw ApplicationAutoScalingErrors.ValidationException($"Timezone '{action.Timezone}' is not a time zone of the IANA database, such as Europe/Berlin.");
        }

        try
        {
            var next = Schedule.Parse(action.Schedule, zone).Next(time.GetUtcNow(), action.Start ?? created);
            return next > action.End ? null : next;
        }
        catch (FormatException error)
        {
            throw ApplicationAutoScalingErrors.ValidationException($"Invalid schedule expression '{action.Schedule}': {error.Message}.");
        }
    }

    private ResourceKey Key(CallContext context, ScalableResource resource, string action) =>
        _actions.Key(context.AccountId, context.Region, $"{resource.Name}|{action}");
}
