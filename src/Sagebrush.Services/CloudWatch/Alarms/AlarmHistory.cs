using System.Globalization;
using Sagebrush.Contracts.CloudWatch;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>What happened to alarms, for 30 days; alarms that are gone included.</summary>
internal sealed class AlarmHistory(IResourceStore store, TimeProvider time)
{
    private const int LongestSummary = 255;
    private const int LongestData = 4095;
    private const int PrunedAtOnce = 20;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly ResourceSet<AlarmHistoryDocument> _items = store.For(AlarmKinds.History);

    /// <summary>Notes something. The same thing noted again is kept once.</summary>
    /// <param name="alarm">The alarm.</param>
    /// <param name="type">Its type.</param>
    /// <param name="item">One of <see cref="HistoryItemType"/>.</param>
    /// <param name="moment">When it happened.</param>
    /// <param name="summary">A line for people.</param>
    /// <param name="data">What happened, as JSON.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask AddAsync(
        ResourceKey alarm, string type, string item, DateTimeOffset moment, string summary, string data, CancellationToken cancellationToken)
    {
        var document = new AlarmHistoryDocument
        {
            AlarmName = alarm.Name,
            AlarmType = type,
            ItemType = item,
            Time = moment,
            Summary = Cut(summary, LongestSummary),
            Data = Cut(data, LongestData),
        };
        var name = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{alarm.Name}\n{item}\n{moment.UtcTicks}\n{summary}"))))[..32];
        await _items.TryAddAsync(
            _items.Key(alarm.Account, alarm.Region, name),
            $"arn:aws:cloudwatch:{alarm.Region}:{alarm.Account}:alarm-history/{name}",
            document,
            cancellationToken: cancellationToken);
        await PruneAsync(alarm, cancellationToken);
    }

    /// <summary>A page of items.</summary>
    public ValueTask<StoredPage<AlarmHistoryDocument>> ListAsync(ResourceQuery query, CancellationToken cancellationToken) =>
        _items.ListAsync(query, cancellationToken);

    // With each new item of an alarm some of its oldest go, so they never pile up.
    private async ValueTask PruneAsync(ResourceKey alarm, CancellationToken cancellationToken)
    {
        var old = await _items.ListAsync(
            new ResourceQuery
            {
                Account = alarm.Account,
                Region = alarm.Region,
                Kind = AlarmKinds.History.Name,
                Attributes = [AttributeFilter.Equal(AlarmKinds.AlarmAttribute, alarm.Name)],
                CreatedBefore = time.GetUtcNow() - Kept,
                PageSize = PrunedAtOnce,
            },
            cancellationToken);
        foreach (var item in old.Items)
        {
            await _items.DeleteAsync(item.Key, cancellationToken: cancellationToken);
        }
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
