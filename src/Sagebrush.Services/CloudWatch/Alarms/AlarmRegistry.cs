using Sagebrush.State.Resources;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>The alarms as others see them, and who looks at whom.</summary>
internal sealed class AlarmRegistry(IResourceStore store) : IAlarms
{
    private const int PageSize = 1000;

    private readonly ResourceSet<AlarmDocument> _alarms = store.For(AlarmKinds.Alarm);

    public async ValueTask<AlarmState?> FindAsync(string account, string region, string name, CancellationToken cancellationToken) =>
        await _alarms.FindAsync(account, region, name, cancellationToken) is { Document: var alarm }
            ? new AlarmState(alarm.State, alarm.Reason, alarm.StateChanged)
            : null;

    /// <summary>The composite alarms whose rule or suppressor an alarm is.</summary>
    public async ValueTask<IReadOnlyList<Stored<AlarmDocument>>> FindWatchersAsync(ResourceKey alarm, CancellationToken cancellationToken) =>
    [
        .. await FindAsync(alarm, AttributeFilter.Equal(AlarmKinds.Child(alarm.Name), 1), cancellationToken),
        .. await FindAsync(alarm, AttributeFilter.Equal(AlarmKinds.SuppressorAttribute, alarm.Name), cancellationToken),
    ];

    private async ValueTask<List<Stored<AlarmDocument>>> FindAsync(ResourceKey alarm, AttributeFilter filter, CancellationToken cancellationToken)
    {
        var found = new List<Stored<AlarmDocument>>();
        var query = new ResourceQuery
        {
            Account = alarm.Account,
            Region = alarm.Region,
            Kind = AlarmKinds.Alarm.Name,
            Attributes = [filter],
            PageSize = PageSize,
        };
        do
        {
            var page = await _alarms.ListAsync(query, cancellationToken);
            found.AddRange(page.Items);
            query = query with { PageToken = page.NextToken };
        }
        while (query.PageToken is not null);
        return found;
    }
}
