using Microsoft.Extensions.Logging.Abstractions;
using Sagebrush.Services.CloudWatch.Alarms;
using Sagebrush.State.Metrics;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;
using Sagebrush.Testing;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Tests.CloudWatch;

/// <summary>Alarms on a clock turned by hand, with an action that keeps what it was told.</summary>
internal sealed class AlarmServer : IAsyncDisposable, IAlarmAction
{
    public const string Account = "000000000000";
    public const string Region = "us-east-1";
    public const string Action = "arn:aws:test:us-east-1:000000000000:action";

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _started = [];
    private SqliteResourceStore _resources = null!;
    private SqliteMetricStore _metrics = null!;
    private ReconcilerHost _host = null!;

    public AlarmServer() => Open();

    public ManualTimeProvider Clock { get; } = new();

    public PutAlarmOperations Put { get; private set; } = null!;

    public AlarmOperations Operations { get; private set; } = null!;

    public DescribeAlarmsOperations Describe { get; private set; } = null!;

    public IAlarms Alarms { get; private set; } = null!;

    public ScalingAlarms Scaling { get; private set; } = null!;

    /// <summary>The actions started so far, as <c>NAME: FROM -> TO</c>.</summary>
    public IReadOnlyList<string> Started
    {
        get
        {
            lock (_started)
            {
                return [.. _started];
            }
        }
    }

    public CallContext Context { get; } = new()
    {
        AccountId = Account,
        Principal = new Principal(Account, $"arn:aws:iam::{Account}:root", Account),
        Region = Region,
        RequestId = "r",
        Http = new Microsoft.AspNetCore.Http.DefaultHttpContext(),
    };

    public bool Handles(string arn) => arn == Action;

    public ValueTask<bool> StartAsync(string arn, AlarmNotice notice, CancellationToken cancellationToken)
    {
        lock (_started)
        {
            _started.Add($"{notice.Alarm.Name}: {notice.Transition.From} -> {notice.Transition.To}");
        }

        return ValueTask.FromResult(true);
    }

    /// <summary>Puts a value into the minute that is now.</summary>
    private ValueTask PutAsync(string metric, double value) => _metrics.PutAsync(
        [new MetricSample(new MetricKey(Account, Region, "Test", metric, MetricDimensions.None), Clock.GetUtcNow().ToUnixTimeSeconds(), "None", StatisticSet.Of(value))],
        TestContext.Current.CancellationToken);

    /// <summary>Turns the clock on, with a value for the alarm's metric every second if one is given, until the alarm is in the state.</summary>
    public Task UntilAsync(string alarm, string state, double? value = null) => Eventually.TrueAsync(
        async () =>
        {
            if ((await Alarms.FindAsync(Account, Region, alarm, TestContext.Current.CancellationToken))?.Value == state)
            {
                return true;
            }

            if (value is { } seen)
            {
                await PutAsync(alarm, seen);
            }

            Clock.Advance(TimeSpan.FromSeconds(1));
            return false;
        },
        TestContext.Current.CancellationToken);

    /// <summary>Waits until an alarm has no actions before it, and it is stored that they were started: a restart repeats none then.</summary>
    public Task SettledAsync(string alarm) => Eventually.TrueAsync(
        async () => (await _resources.For(AlarmKinds.Alarm).FindAsync(Account, Region, alarm, TestContext.Current.CancellationToken))?.Document.Pending.Count == 0,
        TestContext.Current.CancellationToken);

    public async Task RestartAsync()
    {
        await CloseAsync();
        Open();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    private void Open()
    {
        _resources = SqliteResourceStore.Open(_folder["resources.db"], Clock);
        _metrics = SqliteMetricStore.Open(_folder["metrics.db"], Clock);
        var registry = new AlarmRegistry(_resources);
        var history = new AlarmHistory(_resources, Clock);
        var actions = new AlarmActions(_resources, registry, history, [this], Clock, NullLogger<AlarmActions>.Instance);
        var reconciler = new AlarmReconciler(_resources, _metrics, registry, actions, Clock, () => _host);
        _host = new ReconcilerHost(_resources, [reconciler], Clock, NullLogger<ReconcilerHost>.Instance);
        Put = new PutAlarmOperations(_resources, _metrics, history, Clock);
        Operations = new AlarmOperations(_resources, history, Clock);
        Describe = new DescribeAlarmsOperations(_resources, registry, history);
        Alarms = registry;
        Scaling = new ScalingAlarms(_resources, Clock);
        _host.Start();
    }

    private async Task CloseAsync()
    {
        await _host.DisposeAsync();
        await _metrics.DisposeAsync();
        await _resources.DisposeAsync();
    }
}
