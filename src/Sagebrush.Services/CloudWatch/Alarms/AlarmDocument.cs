using Sagebrush.Contracts.CloudWatch;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>A metric alarm or a composite alarm as it is stored: what was asked for, and the state it is in.</summary>
internal sealed record AlarmDocument
{
    /// <summary>What a metric alarm watches; null for a composite alarm.</summary>
    public PutMetricAlarmInput? Metric { get; init; }

    /// <summary>What a composite alarm watches; null for a metric alarm.</summary>
    public PutCompositeAlarmInput? Composite { get; init; }

    /// <summary>Whether state changes start actions.</summary>
    public required bool ActionsEnabled { get; init; }

    /// <summary>When its definition last changed.</summary>
    public required DateTimeOffset Configured { get; init; }

    /// <summary>One of <see cref="StateValue"/>.</summary>
    public string State { get; init; } = StateValue.InsufficientData;

    /// <summary>Why it is in the state, for people.</summary>
    public string Reason { get; init; } = "Unchecked: Initial alarm creation";

    /// <summary>Why it is in the state, as JSON; null when nothing was evaluated.</summary>
    public string? ReasonData { get; init; }

    /// <summary>When state or reason last changed.</summary>
    public required DateTimeOffset StateUpdated { get; init; }

    /// <summary>When the state last changed.</summary>
    public required DateTimeOffset StateChanged { get; init; }

    /// <summary>State changes whose actions have not started yet, oldest first.</summary>
    public IReadOnlyList<AlarmTransition> Pending { get; init; } = [];

    /// <summary>Why actions of a composite alarm are held back: one of <see cref="Contracts.CloudWatch.ActionsSuppressedBy"/>, or null.</summary>
    public string? SuppressedBy { get; init; }

    /// <summary>One of <see cref="AlarmType"/>.</summary>
    public string Type => Metric is not null ? AlarmType.MetricAlarm : AlarmType.CompositeAlarm;

    /// <summary>Its description, if any.</summary>
    public string? Description => Metric is not null ? Metric.AlarmDescription : Composite!.AlarmDescription;

    /// <summary>What is started when it comes to a state.</summary>
    public IReadOnlyList<string> ActionsFor(string state) => (state, Metric, Composite) switch
    {
        (StateValue.Alarm, { } metric, _) => metric.AlarmActions,
        (StateValue.Alarm, _, { } composite) => composite.AlarmActions,
        (StateValue.Ok, { } metric, _) => metric.OKActions,
        (StateValue.Ok, _, { } composite) => composite.OKActions,
        (_, { } metric, _) => metric.InsufficientDataActions,
        _ => Composite!.InsufficientDataActions,
    } ?? [];

    /// <summary>The document in a state; a state that changed has its actions still before it.</summary>
    public AlarmDocument In(string state, string reason, string? data, DateTimeOffset now) => this with
    {
        State = state,
        Reason = reason,
        ReasonData = data,
        StateUpdated = now,
        StateChanged = state == State ? StateChanged : now,
        Pending = state == State ? Pending : [.. Pending, new AlarmTransition(State, state, reason, data, now)],
    };
}
