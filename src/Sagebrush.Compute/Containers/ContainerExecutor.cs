using System.Collections.Concurrent;
using System.Net;
using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Containers;

/// <summary>
/// Runs jobs as containers of Docker or Podman. They outlive this program, which takes them up again when it is back, and are removed when they end.
/// </summary>
/// <remarks>
/// The parts of the job's tree are bound below <c>/opt/ml</c> one by one, so that what the image has there beside them, such as <c>/opt/ml/code</c>, stays to be
/// seen. An engine that goes away for a while does not hurt a job: it is watched again when the engine is back. Thread-safe.
/// </remarks>
public sealed class ContainerExecutor : IExecutor, IDisposable
{
    /// <summary>The network of the machine itself.</summary>
    public const string HostNetwork = "host";

    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;

    private readonly ContainerEngine _engine;
    private readonly TimeProvider _time;
    private readonly KernelEvents _events = new();
    private readonly ConcurrentDictionary<string, ContainerRun> _runs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _starting = new(1);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Makes an executor; the engine is needed only once a job is started or found.</summary>
    public ContainerExecutor(ContainerEngine engine, TimeProvider time) => (_engine, _time) = (engine, time);

    /// <inheritdoc/>
    public bool ProtectsInput => true;

    /// <summary>Whether containers that serve share the machine's own network and so its ports.</summary>
    public bool ServesInHostNetwork => _engine.Options.ModelNetwork == HostNetwork;

    /// <summary>Whether a folder has a run of a container.</summary>
    public static bool HasRun(JobFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return File.Exists(new ContainerRunFiles(folder).Container);
    }

    /// <inheritdoc/>
    public ContractPaths PathsSeenBy(JobFolder folder, bool isolated) => new(ContractPaths.StandardRoot);

    /// <inheritdoc/>
    /// <exception cref="ContainerEngineUnavailableException">No engine answers.</exception>
    public async ValueTask<IJobRun> StartAsync(JobCommand command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        var container = command.Container ?? throw new ArgumentException("A job in a container needs to say in which.", nameof(command));
        if (await FindAsync(command.Folder, cancellationToken) is { } found)
        {
            return found;
        }

        var files = new ContainerRunFiles(command.Folder);
        OpenToAll(command.Folder.Contract);

        try
        {
            files.Claim(await CreateAsync(Request(command, container, files), cancellationToken));
        }
        catch (ContainerEngineException exception) when (exception.Status is not HttpStatusCode.InternalServerError and not HttpStatusCode.Conflict)
        {
            throw new ArgumentException($"The container engine refuses the container: {exception.Message}", exception);
        }

        return (await FindAsync(command.Folder, cancellationToken))!;
    }

    /// <inheritdoc/>
    public async ValueTask<IJobRun?> FindAsync(JobFolder folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        await _starting.WaitAsync(cancellationToken);
        try
        {
            var files = new ContainerRunFiles(folder);
            if (files.ReadContainer() is not { } claim)
            {
                return null;
            }

            // One run has one reader of its output: two would write everything twice.
            if (_runs.TryGetValue(claim.Id, out var run) && !run.Completion.IsCompleted)
            {
                return run;
            }

            if (claim.IsOfThisBoot && files.ReadExit() is null && !File.Exists(files.Started))
            {
                await StartContainerAsync(folder, files, claim.Id, cancellationToken);
            }

            return _runs[claim.Id] = new ContainerRun(_engine, claim.Id, files, _events, _time, _stopping.Token);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>The container of a folder's run; null when there is none any more.</summary>
    public async Task<ContainerState?> FindContainerAsync(JobFolder folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new ContainerRunFiles(folder).ReadContainer() is { } claim ? await _engine.FindAsync(claim.Id, cancellationToken) : null;
    }

    /// <summary>Leaves all runs to themselves.</summary>
    public void Dispose()
    {
        if (!_stopping.IsCancellationRequested)
        {
            _stopping.Cancel();
            _events.Dispose();
        }
    }

    // One of the name without a claim in the folder was made for an earlier run, or by a program that was killed before it could start it.
    private async Task<string> CreateAsync(ContainerRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _engine.CreateAsync(request, cancellationToken);
        }
        catch (ContainerEngineException exception) when (exception.IsNameTaken)
        {
            await _engine.RemoveAsync(request.Name, cancellationToken);
            return await _engine.CreateAsync(request, cancellationToken);
        }
    }

    // A container that cannot be started is a run that has failed: its folder says why, as if the job itself had written that.
    private async Task StartContainerAsync(JobFolder folder, ContainerRunFiles files, string id, CancellationToken cancellationToken)
    {
        try
        {
            await _engine.StartAsync(id, cancellationToken);
        }
        catch (ContainerEngineException exception)
        {
            const int CannotStart = 127;
            Directory.CreateDirectory(folder.Contract.Output);
            await File.WriteAllTextAsync(
                folder.Contract.Failure,
                "ClientError: CannotStartContainerError. Please make sure that the image can be run with its entry point and arguments, as by 'docker run IMAGE train'. The engine says: " + exception.Message,
                cancellationToken);
            var now = _time.GetUtcNow();
            files.WriteExit(new JobExit(CannotStart, OutOfMemory: false, now, now));
        }

        await File.WriteAllTextAsync(files.Started, string.Empty, cancellationToken);
    }

    private ContainerRequest Request(JobCommand command, JobContainer container, ContainerRunFiles files) => new()
    {
        Name = files.ContainerName,
        Image = container.Image,
        Entrypoint = container.Entrypoint,
        Arguments = command.Arguments,
        Environment = command.Environment,
        Mounts = [.. Tree(command.Folder.Contract), .. command.Mounts.Select(mount => (mount.Source, mount.Target, mount.IsWritable))],
        Network = container.IsNetworkIsolated ? "none" : NetworkOf(container),
        PublishedPort = container.IsNetworkIsolated || NetworkOf(container) == HostNetwork ? null : container.Port,
        HostName = command.HostName,
        Hosts = [.. command.Addresses.Select(host => (host.Name, host.Address))],
        CpuCount = command.Limits.CpuCount,
        MemoryBytes = command.Limits.MemoryBytes,

        // Data loaders share batches there; it counts as the job's memory.
        SharedMemoryBytes = command.Limits.MemoryBytes / 2,
        MaxProcesses = command.Limits.MaxProcesses,
        Labels = ContainerLabels.For(_engine.Options, command.Folder.Path, container.Purpose),
    };

    private string NetworkOf(JobContainer container) => container.Port is null ? _engine.Options.JobNetwork : _engine.Options.ModelNetwork;

    private static IEnumerable<(string Source, string Target, bool IsWritable)> Tree(ContractPaths outside) =>
        from part in Directory.GetDirectories(outside.Root).Order(StringComparer.Ordinal)
        where part != outside.Code || Directory.EnumerateFileSystemEntries(part).Any()
        select (part, Path.Join(ContractPaths.StandardRoot, Path.GetFileName(part)), true);

    // The image says as which user it runs: whoever that is may write everywhere but to the input.
    private static void OpenToAll(ContractPaths outside)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var part in Directory.GetDirectories(outside.Root).Where(part => part != outside.Input))
        {
            foreach (var folder in Directory.EnumerateDirectories(part, "*", SearchOption.AllDirectories).Prepend(part))
            {
                File.SetUnixFileMode(folder, Everybody);
            }
        }
    }
}
