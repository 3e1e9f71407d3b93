namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Something that happened to an alarm.</summary>
internal sealed record AlarmHistoryDocument
{
    /// <summary>The alarm's name.</summary>
    public required string AlarmName { get; init; }

    /// <summary>The alarm's type.</summary>
    public required string AlarmType { get; init; }

    /// <summary>One of <see cref="Contracts.CloudWatch.HistoryItemType"/>.</summary>
    public required string ItemType { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>A line for people.</summary>
    public required string Summary { get; init; }

    /// <summary>What happened, as JSON.</summary>
    public required string Data { get; init; }
}
