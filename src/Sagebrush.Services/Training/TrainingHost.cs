using System.Text.Json.Nodes;
using Sagebrush.Compute.Capacity;
using Sagebrush.Compute.Containers;
using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Serving.Archives;
using Sagebrush.Services.CloudWatch.Utilization;
using Sagebrush.Services.Training.Input;
using Sagebrush.State.Logs;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Json;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Training;

/// <summary>One host of a job: what it is told and given, its folder, its data, its command.</summary>
internal sealed class TrainingHost
{
    /// <summary>Where training jobs log.</summary>
    public const string LogGroup = "/aws/sagemaker/TrainingJobs";

    private const string CodeHyperparameter = "sagemaker_submit_directory";
    private const int MaxProcesses = 16_384;
    private const int MaxOpenFiles = 65_536;

    // What a job may know of this program's surroundings; keys and the like are not among them.
    private static readonly string[] InheritedVariables =
    [
        "PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "DOTNET_ROOT", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "PIP_INDEX_URL", "PIP_CONFIG_FILE",
    ];

    private readonly ResourceKey _key;
    private readonly TrainingJobDocument _document;
    private readonly TrainingParts _parts;
    private readonly TrainingCluster _cluster;
    private readonly ComputeResources _share;

    /// <summary>Describes a host; nothing happens yet.</summary>
    /// <param name="key">The job.</param>
    /// <param name="document">The job's document, with the time its logs began.</param>
    /// <param name="parts">What jobs are made with.</param>
    /// <param name="name">The host's name.</param>
    /// <param name="reserved">What the whole job holds.</param>
    public TrainingHost(ResourceKey key, TrainingJobDocument document, TrainingParts parts, string name, ComputeResources reserved)
    {
        _key = key;
        _document = document;
        _parts = parts;
        Name = name;
        _cluster = TrainingCluster.Of(Job.ResourceConfig!);
        _share = _cluster.ShareOf(name, reserved);
        Folder = new JobFolder(Path.Join(FolderOf(parts, document), name));
    }

    /// <summary>Its name, such as <c>algo-1</c>.</summary>
    public string Name { get; }

    /// <summary>Its folder.</summary>
    public JobFolder Folder { get; }

    private DescribeTrainingJobResponse Job => _document.Job;

    private TrainingProgram Program =>
        TrainingProgram.TryFind(_document.Image, Job.HyperParameters, out var program, out var problem)
            ? program
            : throw TrainingFailureException.Client(problem);

    private bool IsContainer => Program.IsContainer;

    // A single algorithm of this program takes its paths from the environment and cleans up after itself: it needs no world of its own.
    // Several must find each other by their names.
    private bool IsIsolated => Program.Algorithm is null || _cluster.Hosts.Count > 1;

    private ContractPaths Paths => IsContainer ? new ContractPaths(ContractPaths.StandardRoot) : _parts.Executor.PathsSeenBy(Folder, IsIsolated);

    private bool SeesOwnPlaces => Paths.Root == ContractPaths.StandardRoot;

    private JobDescription Description
    {
        get
        {
            var cluster = _cluster.SeenBy(Name);
            return new()
            {
                Name = _key.Name,
                Arn = Job.TrainingJobArn,
                Region = _key.Region,
                Hyperparameters = Job.HyperParameters ?? [],
                Channels =
                [
                    .. Channels.Select(channel => new JobChannel(channel.ChannelName)
                    {
                        ContentType = channel.ContentType,
                        InputMode = channel.InputMode ?? Job.AlgorithmSpecification!.TrainingInputMode,
                        Distribution = channel.DataSource.S3DataSource?.S3DataDistributionType ?? S3DataDistribution.FullyReplicated,
                        RecordWrapper = channel.RecordWrapperType!,
                    }),
                ],
                Cluster = cluster,
                CpuCount = _share.VCpus,
                GpuCount = _share.Gpus,
                FrameworkModule = Program.FrameworkModule,
                OtherConfiguration = OtherConfiguration(),
                Checkpoints = Job.CheckpointConfig is { } checkpoints ? new JobCheckpoints(checkpoints.S3Uri, Paths.Checkpoints) : null,
            };
        }
    }

    // As AWS's debugger and profiler libraries look for it.
    private Dictionary<string, JsonObject> OtherConfiguration()
    {
        Dictionary<string, JsonObject> files = [];
        Add("debughookconfig.json", Job.DebugHookConfig, Job.DebugHookConfig?.LocalPath ?? "/opt/ml/output/tensors");
        Add("profilerconfig.json", Job.ProfilerConfig, "/opt/ml/output/profiler");
        Add("tensorboardoutputconfig.json", Job.TensorBoardOutputConfig, Job.TensorBoardOutputConfig?.LocalPath ?? "/opt/ml/output/tensorboard");
        return files;

        void Add(string name, IShape? shape, string localPath)
        {
            if (shape is not null)
            {
                var json = JsonNode.Parse(ShapeJson.Write(shape))!.AsObject();
                json["LocalPath"] ??= localPath;
                files.Add(name, json);
            }
        }
    }

    // A channel may be meant for some groups of hosts alone.
    private IEnumerable<Channel> Channels => (Job.InputDataConfig ?? []).Where(channel =>
        channel.DataSource.S3DataSource?.InstanceGroupNames is not { Count: > 0 } groups || groups.Contains(_cluster.SeenBy(Name).CurrentGroup.Name));

    // What the hosts of a job share, such as the agents that start a host's part of an MPI program.
    private JobMount Shared => new(Path.Join(FolderOf(_parts, _document), "shared"), "/tmp/sagemaker-hosts", IsWritable: true);

    private HostsInCommon InCommon => new(SeesOwnPlaces ? Shared.Target : Shared.Source, HostsInCommon.PortOf(_document.Id));

    /// <summary>The folder of a job: one folder for each of its hosts is in it.</summary>
    public static string FolderOf(TrainingParts parts, TrainingJobDocument document) => Path.Join(parts.Options.JobsDirectory, document.Id);

    private JobAccess Access =>
        new(_key.Account, _key.Region, Job.RoleArn!, TimeSpan.FromSeconds(Job.StoppingCondition.MaxRuntimeInSeconds!.Value));

    private const string RequirementsFolder = "requirements";

    private ScriptPackages Packages
    {
        get
        {
            var temporary = SeesOwnPlaces ? "/tmp" : Folder.Temporary;
            var kept = KeptRequirements;
            return new(
                Path.Join(temporary, "site-packages"),
                kept is null || SeesOwnPlaces ? Path.Join(temporary, RequirementsFolder) : kept,
                AreKept: kept is not null);
        }
    }

    // Outside what the job sees: its script could rewrite requirements.txt.
    private string RequirementsFile => Path.Join(Folder.Path, "requirements-key");

    private string? RequirementsKey => File.Exists(RequirementsFile) ? File.ReadAllText(RequirementsFile) : null;

    private string? KeptRequirements => RequirementsKey is { } key ? _parts.Requirements.TakenBy(key, _document.Id) : null;

    private HostInput Input => new()
    {
        Objects = _parts.Objects,
        Folder = Folder,
        Channels = [.. Channels],
        DefaultMode = Job.AlgorithmSpecification!.TrainingInputMode,
        Host = (Math.Max(0, _cluster.Hosts.ToList().IndexOf(Name)), _cluster.Hosts.Count),

        // A script might write into its input: the store's own bytes are for programs of ours, for users without the right to, and for containers, which get them read-only.
        AllowLinks = !Program.IsScript || _parts.Executor.ProtectsInput,
        MountsFolders = SeesOwnPlaces,
        FileSystems = _parts.Options.FileSystems,
        NoObjects = (place, uri) => TrainingFailureException.NoObjects(uri, place, _key.Region, Job.RoleArn!),
    };

    /// <summary>Fills the host's folder.</summary>
    /// <param name="progress">Told how much of which channel is there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task DownloadAsync(Action<string, StageProgress> progress, CancellationToken cancellationToken)
    {
        // What an earlier try began may be in the way: links and pipes where folders are to be.
        Folder.Delete();
        Folder.Prepare(Description);
        if (Job.ResourceConfig!.KeepAlivePeriodInSeconds > 0)
        {
            Directory.CreateDirectory(Folder.Contract.WarmPoolCache);
        }

        await Input.StageAsync(progress, cancellationToken);
        if (Job.CheckpointConfig is { } checkpoints)
        {
            await Input.StageOptionalAsync(checkpoints.S3Uri, Folder.Contract.Checkpoints, cancellationToken);
        }

        if (Program.IsScript)
        {
            await UnpackCodeAsync(cancellationToken);
            _ = Script();
            if (RequirementsCache.KeyOf(Folder.Contract.Code, Python, _key, Job.RoleArn!) is { } key)
            {
                await File.WriteAllTextAsync(RequirementsFile, key, cancellationToken);
                _parts.Requirements.TryTake(key, _document.Id);
            }
        }
    }

    /// <summary>Keeps what the ended job's requirements installed for later jobs.</summary>
    public void KeepRequirements()
    {
        if (RequirementsKey is { } key)
        {
            _parts.Requirements.Keep(key, Path.Join(Folder.Temporary, RequirementsFolder));
        }
    }

    /// <summary>Starts the host's program, or takes up the run it already has.</summary>
    public async Task<IJobRun> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            var run = await _parts.Executor.StartAsync(Command(), cancellationToken);
            return Input.HasPipes ? new PipedRun(run, await _parts.Executor.StartAsync(FeederCommand(), cancellationToken)) : run;
        }
        catch (ArgumentException exception)
        {
            // A hyperparameter with a NUL, for one, cannot be an argument of any program.
            throw TrainingFailureException.Client(exception.Message);
        }
        catch (ContainerEngineException exception)
        {
            throw TrainingFailureException.Client($"The container of the image '{_document.Image}' cannot be made: {exception.Message}");
        }
        catch (ContainerEngineUnavailableException exception)
        {
            throw new TrainingFailureException($"InternalServerError: {exception.Message}");
        }
    }

    private JobCommand FeederCommand() => new()
    {
        Folder = Input.Pipes,
        Arguments = [.. _parts.Options.FeedCommand, Input.PlanFile, Input.Pipes.Contract.Failure],
        Environment = Inherited(),
        WorkingDirectory = Input.Pipes.Path,
        Isolated = false,
        IsTrusted = true,
    };

    /// <summary>How the host's program ended; null when there is no trace of it.</summary>
    public async Task<JobExit?> FindExitAsync(CancellationToken cancellationToken) =>
        await _parts.Executor.FindAsync(Folder, cancellationToken) is { } run ? Judged(await run.Completion.WaitAsync(cancellationToken)) : null;

    // A script that saw its input end too soon may have been content with it.
    private JobExit Judged(JobExit exit) => exit.ExitCode == 0 && Input.Pipes.ReadFailure(1) is not null ? exit with { ExitCode = 1 } : exit;

    private async Task UnpackCodeAsync(CancellationToken cancellationToken)
    {
        var code = Folder.Contract.Code;
        Directory.Delete(code, recursive: true);
        Directory.CreateDirectory(code);
        var uri = TrainingEnvironment.For(Description, Paths).Variables.GetValueOrDefault("SM_MODULE_DIR", string.Empty);
        if (GitCode.TryParse(uri) is { } repository)
        {
            await FetchCodeAsync(repository, uri, cancellationToken);
            return;
        }

        if (!S3Location.TryParse(uri, out var place))
        {
            throw TrainingFailureException.Client(
                $"The image runs a script: give the S3 URI of its sourcedir.tar.gz, or a Git repository as git+https://host/path@revision, in the hyperparameter {CodeHyperparameter}, and its name in sagemaker_program.");
        }

        try
        {
            using var reader = _parts.Objects.Open(place.Bucket, place.Key);
            await using var archive = reader.OpenStream(0, reader.Info.Size);
            await TarGzArchive.ExtractAsync(archive, code, ArchiveLimits.Default, cancellationToken);
        }
        catch (ObjectStoreException exception)
        {
            throw TrainingFailureException.Client($"The code \"{uri}\" of the hyperparameter {CodeHyperparameter} cannot be downloaded: {exception.Message}");
        }
        catch (InvalidArchiveException exception)
        {
            throw TrainingFailureException.Client($"The code \"{uri}\" of the hyperparameter {CodeHyperparameter} cannot be unpacked: {exception.Message}");
        }
    }

    private async Task FetchCodeAsync(GitCode repository, string uri, CancellationToken cancellationToken)
    {
        if (Job.EnableNetworkIsolation == true)
        {
            throw TrainingFailureException.Client($"The code \"{uri}\" of the hyperparameter {CodeHyperparameter} is in a Git repository, which a job with EnableNetworkIsolation cannot reach: put it into S3.");
        }

        try
        {
            await repository.FetchAsync(Folder.Contract.Code, Path.Join(Folder.Temporary, "repository"), cancellationToken);
        }
        catch (IOException exception)
        {
            throw TrainingFailureException.Client($"The code \"{uri}\" of the hyperparameter {CodeHyperparameter} cannot be fetched: {exception.Message}");
        }
    }

    private string Python => Program.Framework is { } framework && _parts.Options.Pythons.TryGetValue(framework.Name, out var python) ? python : _parts.Options.Python;

    private ScriptProgram Script() =>
        ScriptProgram.For(Folder.Contract.Code, TrainingEnvironment.For(Description, Paths), Python, Packages, InCommon);

    private JobLimits Limits =>
        new(_share.VCpus < System.Environment.ProcessorCount ? _share.VCpus : null, _share.MemoryBytes, MaxProcesses) { MaxOpenFiles = MaxOpenFiles };

    private IReadOnlyList<HostAddress> Addresses =>
        _cluster.Hosts.Count > 1 ? HostAddress.OnLoopback(_document.Id, _cluster.Hosts) : [new HostAddress(Name, "127.0.0.1")];

    // As SageMaker does: the image's entry point with the argument "train", unless the job says otherwise.
    private JobCommand ContainerCommand()
    {
        var algorithm = Job.AlgorithmSpecification!;
        var paths = Paths;
        return new JobCommand
        {
            Folder = Folder,
            Container = new JobContainer(_document.ContainerImage!)
            {
                Entrypoint = algorithm.ContainerEntrypoint,
                IsNetworkIsolated = Job.EnableNetworkIsolation == true,
                Purpose = $"training-job/{_key.Name}/{Name}",
            },
            Arguments = algorithm.ContainerArguments ?? (algorithm.ContainerEntrypoint is null ? ["train"] : []),
            Environment = Variables(paths),
            WorkingDirectory = paths.Root,
            Limits = Limits,
            HostName = Name,
            Addresses = Addresses,
            Mounts =
            [
                .. Input.Files.Select(channel => new JobMount(Folder.Contract.Channel(channel), paths.Channel(channel), IsWritable: false)),
                .. Input.Mounts.Select(mount => new JobMount(mount.Source, paths.Channel(mount.Channel), mount.IsWritable)),
            ],
        };
    }

    private JobCommand Command()
    {
        if (IsContainer)
        {
            return ContainerCommand();
        }

        var paths = Paths;
        var program = Program;
        if (IsDistributed)
        {
            MakeShared();
        }

        return new JobCommand
        {
            Folder = Folder,
            Arguments = program.Algorithm is { } algorithm ? [.. _parts.Options.BuiltInCommand, algorithm.Name, paths.Root] : Script().Arguments,
            Environment = Variables(paths),
            WorkingDirectory = program.Algorithm is null ? paths.Code : paths.Root,
            Limits = Limits,
            Isolated = IsIsolated,
            IsTrusted = program.Algorithm is not null,
            Owner = _document.Id,
            HostName = Name,
            Addresses = Addresses,
            Mounts =
            [
                .. IsDistributed ? (ReadOnlySpan<JobMount>)[Shared] : [],
                .. SeesOwnPlaces && KeptRequirements is { } kept ? (ReadOnlySpan<JobMount>)[new JobMount(kept, Packages.Requirements, IsWritable: false)] : [],
                .. SeesOwnPlaces ? Input.Mounts.Select(mount => new JobMount(mount.Source, paths.Channel(mount.Channel), mount.IsWritable)) : [],
            ],
        };
    }

    private bool IsDistributed => _cluster.Hosts.Count > 1 && Program.IsScript;

    // Each host is a user of its own, and all of them write here.
    private void MakeShared()
    {
        Directory.CreateDirectory(Shared.Source);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;
            File.SetUnixFileMode(Shared.Source, Everybody);
        }
    }

    /// <summary>What a job gets of the environment of this program.</summary>
    public static Dictionary<string, string> Inherited()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["LANG"] = "C.UTF-8" };
        foreach (var name in InheritedVariables)
        {
            if (System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                variables[name] = value;
            }
        }

        return variables;
    }

    private Dictionary<string, string> Variables(ContractPaths paths)
    {
        // An image brings its own surroundings.
        var variables = IsContainer ? new Dictionary<string, string>(StringComparer.Ordinal) : Inherited();
        if (_share.VCpus < System.Environment.ProcessorCount)
        {
            // Libraries count the machine's processors; more threads than the job's share would only wait for each other.
            variables["OMP_NUM_THREADS"] = _share.VCpus.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Program.IsScript)
        {
            variables["PYTHONUNBUFFERED"] = "1";
            variables["PYTHONPATH"] = $"{paths.Code}:{Packages.SearchPath}";
        }

        if (_cluster.Hosts.Count > 1 && Program.Algorithm is null)
        {
            // Libraries would else take the first interface that is not the loopback one, where the hosts' names do not lead.
            var network = _cluster.SeenBy(Name).NetworkInterface;
            foreach (var name in (ReadOnlySpan<string>)["GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME", "TP_SOCKET_IFNAME"])
            {
                variables[name] = network;
            }
        }

        var environment = TrainingEnvironment.For(Description, paths);
        if (environment.Distribution is { Launcher: ScriptLauncher.Torch })
        {
            // PyTorch 1.x trips over its own default, no redirection, under Python 3.11 and later; told it in its longer form, it does not.
            variables["PET_REDIRECTS"] = variables["PET_TEE"] = "9:0";
        }

        foreach (var (name, value) in _parts.Options.JobVariables(Access).Concat(environment.Variables).Concat(Job.Environment ?? []))
        {
            variables[name] = value;
        }

        return variables;
    }

    /// <summary>What brings the host's output into its own log stream.</summary>
    /// <param name="metricsChanged">Called when the output told a metric.</param>
    public JobLogRecorder Recorder(Func<Task>? metricsChanged = null)
    {
        var stream = new LogGroupKey(_key.Account, _key.Region, LogGroup).Stream($"{_key.Name}/{Name}-{_document.LogStarted}");
        return new JobLogRecorder(_parts.Logs, stream, Folder, new MetricReader(Job.AlgorithmSpecification!.MetricDefinitions ?? []))
        {
            MetricsFound = (values, cancellationToken) => _parts.Metrics.AddAsync(_key, values, cancellationToken),
            MetricsChanged = metricsChanged,
        };
    }

    /// <summary>The host as its utilization is published.</summary>
    public UtilizationSubject Utilization(IJobRun run) =>
        UtilizationSubject.OfHost(_key, LogGroup, Name, _share.MemoryBytes, run.MeasureUsage) with { Folder = Folder.Path };

    /// <summary>Why the job failed on this host.</summary>
    public string ReasonOf(JobExit exit)
    {
        var recorder = Recorder();
        recorder.Load();
        var script = Program.IsScript ? Script().Display : null;
        var host = _cluster.Hosts.Count > 1 ? Name : null;
        return Input.Pipes.ReadFailure(FailureReason.MaxLength) ?? FailureReason.Of(exit, Folder.ReadFailure(FailureReason.MaxLength), script, recorder.Progress.Tail, host);
    }
}
