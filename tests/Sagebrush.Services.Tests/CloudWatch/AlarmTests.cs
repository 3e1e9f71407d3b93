using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Testing;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tests.CloudWatch;

public sealed class AlarmTests : IAsyncDisposable
{
    private readonly AlarmServer _server = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MetricAlarm_ValueOutOfBoundsAndBack_ChangesStateAndStartsActionsOnce()
    {
        await PutAsync("hot");
        await _server.UntilAsync("hot", StateValue.Alarm, value: 9);
        await _server.UntilAsync("hot", StateValue.Ok, value: 1);
        await Eventually.TrueAsync(() => _server.Started.Count >= 2, Cancellation);

        Assert.Equal(["hot: INSUFFICIENT_DATA -> ALARM", "hot: ALARM -> OK"], _server.Started);
        var alarm = Assert.Single((await _server.Describe.DescribeAsync(new DescribeAlarmsInput(), _server.Context, Cancellation)).MetricAlarms!);
        Assert.Contains("was not greater than the threshold (5.0)", alarm.StateReason, StringComparison.Ordinal);
        var history = (await _server.Describe.DescribeHistoryAsync(
            new DescribeAlarmHistoryInput { AlarmName = "hot", HistoryItemType = HistoryItemType.StateUpdate }, _server.Context, Cancellation)).AlarmHistoryItems!;
        Assert.Equal(["Alarm updated from ALARM to OK", "Alarm updated from INSUFFICIENT_DATA to ALARM"], history.Select(item => item.HistorySummary));
    }

    [Fact]
    public async Task MetricAlarm_AfterARestart_KeepsItsStateAndStartsNothingAgain()
    {
        await PutAsync("hot");
        await _server.UntilAsync("hot", StateValue.Alarm, value: 9);
        await _server.SettledAsync("hot");
        Assert.Single(_server.Started);

        await _server.RestartAsync();

        Assert.True((await _server.Alarms.FindAsync(AlarmServer.Account, AlarmServer.Region, "hot", Cancellation))!.IsAlarm);
        await _server.UntilAsync("hot", StateValue.Ok, value: 1);
        await _server.SettledAsync("hot");
        Assert.Equal(2, _server.Started.Count);
    }

    [Fact]
    public async Task CompositeAlarm_ChildChanges_FollowsAtOnce()
    {
        await PutAsync("a");
        await PutAsync("b");
        await _server.Put.PutCompositeAlarmAsync(
            new PutCompositeAlarmInput { AlarmName = "both", AlarmRule = "ALARM(a) AND ALARM(b)", AlarmActions = [AlarmServer.Action] }, _server.Context, Cancellation);
        await _server.UntilAsync("both", StateValue.Ok);

        await SetAsync("a");
        await SetAsync("b");
        await _server.UntilAsync("both", StateValue.Alarm);

        await Eventually.TrueAsync(() => _server.Started.Contains("both: OK -> ALARM"), Cancellation);
        var parents = await _server.Describe.DescribeAsync(new DescribeAlarmsInput { ParentsOfAlarmName = "a" }, _server.Context, Cancellation);
        Assert.Equal("both", Assert.Single(parents.CompositeAlarms!).AlarmName);
    }

    [Fact]
    public async Task CompositeAlarm_WhileItsSuppressorIsInAlarm_HoldsActionsBack()
    {
        await PutAsync("child");
        await PutAsync("maintenance");
        await SetAsync("maintenance");
        await _server.Put.PutCompositeAlarmAsync(
            new PutCompositeAlarmInput
            {
                AlarmName = "quiet",
                AlarmRule = "ALARM(child)",
                AlarmActions = [AlarmServer.Action],
                ActionsSuppressor = "maintenance",
                ActionsSuppressorWaitPeriod = 0,
                ActionsSuppressorExtensionPeriod = 0,
            },
            _server.Context,
            Cancellation);
        await SetAsync("child");
        await Eventually.TrueAsync(
            async () => (await _server.Describe.DescribeAsync(new DescribeAlarmsInput { AlarmTypes = [AlarmType.CompositeAlarm] }, _server.Context, Cancellation))
                .CompositeAlarms![0].ActionsSuppressedBy == ActionsSuppressedBy.Alarm,
            Cancellation);
        Assert.DoesNotContain(_server.Started, started => started.StartsWith("quiet: ", StringComparison.Ordinal) && started.EndsWith("ALARM", StringComparison.Ordinal));

        await SetAsync("maintenance", StateValue.Ok);

        await Eventually.TrueAsync(
            () =>
            {
                _server.Clock.Advance(TimeSpan.FromSeconds(1));
                return _server.Started.Any(started => started.StartsWith("quiet: ", StringComparison.Ordinal) && started.EndsWith("ALARM", StringComparison.Ordinal));
            },
            Cancellation);
    }

    [Fact]
    public async Task PutCompositeAlarm_MissingOrCircular_IsRefused()
    {
        await PutAsync("a");
        await PutComposite("x", "ALARM(a)");
        await PutComposite("y", "ALARM(x)");

        Assert.Contains("do not exist", (await Assert.ThrowsAsync<ServiceException>(() => PutComposite("z", "ALARM(nobody)"))).Message, StringComparison.Ordinal);
        Assert.Contains("lead back", (await Assert.ThrowsAsync<ServiceException>(() => PutComposite("x", "NOT ALARM(y)"))).Message, StringComparison.Ordinal);

        Task PutComposite(string name, string rule) => _server.Put.PutCompositeAlarmAsync(
            new PutCompositeAlarmInput { AlarmName = name, AlarmRule = rule }, _server.Context, Cancellation).AsTask();
    }

    [Fact]
    public async Task DisabledActions_StateChanges_StartNothing()
    {
        await PutAsync("off");
        await _server.Operations.SwitchAsync(["off"], enabled: false, _server.Context, Cancellation);
        await SetAsync("off");
        await _server.Operations.SwitchAsync(["off"], enabled: true, _server.Context, Cancellation);
        await SetAsync("off", StateValue.Ok);

        await Eventually.TrueAsync(() => _server.Started.Count > 0, Cancellation);
        Assert.Equal(["off: ALARM -> OK"], _server.Started);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private ValueTask<Wire.Schema.EmptyShape> PutAsync(string name) => _server.Put.PutMetricAlarmAsync(
        new PutMetricAlarmInput
        {
            AlarmName = name,
            Namespace = "Test",
            MetricName = name,
            Statistic = "Maximum",
            Period = 60,
            EvaluationPeriods = 1,
            Threshold = 5,
            ComparisonOperator = ComparisonOperator.GreaterThanThreshold,
            TreatMissingData = "ignore",
            AlarmActions = [AlarmServer.Action],
            OKActions = [AlarmServer.Action],
        },
        _server.Context,
        Cancellation);

    private async Task SetAsync(string name, string state = StateValue.Alarm)
    {
        await _server.Operations.SetStateAsync(
            new SetAlarmStateInput { AlarmName = name, StateValue = state, StateReason = "by hand" }, _server.Context, Cancellation);

        // Its actions start, or do not, before anything else happens.
        await Eventually.TrueAsync(
            async () => (await _server.Describe.DescribeHistoryAsync(
                new DescribeAlarmHistoryInput { AlarmName = name, HistoryItemType = HistoryItemType.StateUpdate }, _server.Context, Cancellation))
                .AlarmHistoryItems!.Count > 0,
            Cancellation);
    }
}
