using Microsoft.Extensions.Logging.Abstractions;
using Sagebrush.Compute.Capacity;
using Sagebrush.Compute.Containers;
using Sagebrush.Compute.Execution;
using Sagebrush.Services.CloudWatch.Utilization;
using Sagebrush.Services.Containers;
using Sagebrush.Services.Processing;
using Sagebrush.Services.Training;
using Sagebrush.Services.Training.Input;
using Sagebrush.State.Logs;
using Sagebrush.State.Metrics;
using Sagebrush.State.Objects;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Tests.Training;

/// <summary>The parts of a server that train, on a data directory; real ones throughout.</summary>
internal sealed class TrainingServer : IAsyncDisposable
{
    public const string RunAlgorithm = "--run-algorithm";
    public const string FileSystem = "fs-0123456789abcdef0";
    /// <summary>The variable that names the container engine to a server in a process of its own.</summary>
    public const string Engine = "SAGEBRUSH_TEST_ENGINE";

    public const string RunServer = "--run-training-server";

    private readonly JobExecutor _executor;
    private readonly ContainerEngine _engine;
    private readonly SqliteResourceStore _store;
    private readonly FolderObjectStore _objects;
    private readonly SqliteLogStore _logs;
    private readonly SqliteMetricStore _metrics;
    private readonly MetricPublisher _publisher;
    private readonly TrainingReconciler _reconciler;
    private readonly ProcessingReconciler _processing;
    private readonly ReconcilerHost _host;

    public TrainingServer(
        string directory,
        ComputeResources? capacity = null,
        TimeSpan? stopGrace = null,
        Func<IResourceStore, IResourceStore>? wrap = null,
        string? engine = null,
        Func<IObjectStore, IObjectStore>? wrapObjects = null)
    {
        var clock = TimeProvider.System;
        _engine = new ContainerEngine(new ContainerOptions { Engine = engine ?? Environment.GetEnvironmentVariable(Engine), Owner = directory });
        _executor = new JobExecutor(new ProcessExecutor(clock, new ProcessExecutorOptions { Hidden = [directory] }), new ContainerExecutor(_engine, clock));
        _store = SqliteResourceStore.Open(Path.Join(directory, "resources.db"), clock);
        _logs = SqliteLogStore.Open(Path.Join(directory, "logs.db"), clock);
        _metrics = SqliteMetricStore.Open(Path.Join(directory, "metrics.db"), clock);
        _publisher = new MetricPublisher(_metrics, clock, NullLogger<MetricPublisher>.Instance);
        _objects = FolderObjectStore.Open(directory, clock, NullLogger<FolderObjectStore>.Instance);
        var options = new TrainingOptions
        {
            JobsDirectory = Path.Join(directory, "jobs"),
            BuiltInCommand = [Environment.ProcessPath!, RunAlgorithm],
            FeedCommand = [Environment.ProcessPath!, PipeFeeder.Command],
            FileSystems = new Dictionary<string, string> { [FileSystem] = directory + "-files" },
            StopGrace = stopGrace ?? TimeSpan.FromMinutes(2),
        };
        Queue = new CapacityQueue(capacity ?? new ComputeResources(16, 64L << 30, 0));
        var parts = new TrainingParts(
            wrap?.Invoke(_store) ?? _store, wrapObjects?.Invoke(_objects) ?? _objects, _logs, _executor, new ImageSupply(_engine, clock), Queue, options,
            new JobMetrics(_metrics, _publisher, clock), clock, NullLogger<TrainingReconciler>.Instance);
        _reconciler = new TrainingReconciler(parts);
        _processing = new ProcessingReconciler(parts);
        _host = new ReconcilerHost(_store, [_reconciler, _processing], clock, NullLogger<ReconcilerHost>.Instance);
    }

    public IResourceStore Store => _store;

    public IObjectStore Objects => _objects;

    public ILogStore Logs => _logs;

    public IMetricStore Metrics => _metrics;

    public CapacityQueue Queue { get; }

    /// <summary>Runs until it is killed, or dies of itself at a change of a document, or all jobs have ended.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="death">When it dies: <c>before</c> the second change, <c>after</c> the first, or never.</param>
    public static async Task<int> RunUntilKilledAsync(string directory, string? death = null)
    {
        await using var server = new TrainingServer(directory, wrap: death is null ? null : store => MortalStore.Wrap(store, death == "before"));
        server.Start();
        while (death is null || await AnyUnsettledAsync(server.Store))
        {
            await Task.Delay(50);
        }

        return 0;
    }

    private static async Task<bool> AnyUnsettledAsync(IResourceStore store)
    {
        await foreach (var heading in store.ScanAsync(TrainingJobs.Kind.Name))
        {
            if (heading.Status is "InProgress" or "Stopping")
            {
                return true;
            }
        }

        return false;
    }

    public void Start() => _host.Start();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _reconciler.DisposeAsync();
        await _processing.DisposeAsync();
        _executor.Dispose();
        _engine.Dispose();
        await _logs.DisposeAsync();
        await _publisher.DisposeAsync();
        await _metrics.DisposeAsync();
        await _objects.DisposeAsync();
        await _store.DisposeAsync();
    }
}
