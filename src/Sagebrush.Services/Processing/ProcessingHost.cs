using Sagebrush.Compute.Capacity;
using Sagebrush.Compute.Containers;
using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.CloudWatch.Utilization;
using Sagebrush.Services.Containers;
using Sagebrush.Services.Training;
using Sagebrush.State.Logs;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.Processing;

/// <summary>The instance of a processing job: its folder, its data, its command, its log.</summary>
internal sealed class ProcessingHost(ResourceKey key, ProcessingJobDocument document, TrainingParts parts)
{
    private const string LogGroup = "/aws/sagemaker/ProcessingJobs";
    private const int MaxProcesses = 16_384;
    private const int MaxOpenFiles = 65_536;

    private static readonly TimeSpan UploadInterval = TimeSpan.FromSeconds(5);

    private DescribeProcessingJobResponse Job => document.Job;

    /// <summary>The folder.</summary>
    public JobFolder Folder => new(Path.Join(RootOf(parts), document.Id));

    /// <summary>What the instance offers.</summary>
    public ComputeResources Wanted => InstanceCatalogue.Get(Job.ProcessingResources.ClusterConfig.InstanceType).Resources();

    private JobCluster Cluster => TrainingCluster.Of(new ResourceConfig { InstanceType = Job.ProcessingResources.ClusterConfig.InstanceType, InstanceCount = 1 }).SeenBy(JobCluster.HostName(1));

    private bool IsContainer => ProcessingRules.IsContainer(Job.AppSpecification);

    /// <summary>Whether the program is Clarify's.</summary>
    public bool IsClarify => ProcessingRules.IsClarify(Job.AppSpecification);

    private ContractPaths Paths => IsContainer ? new ContractPaths(ContractPaths.StandardRoot) : parts.Executor.PathsSeenBy(Folder, isolated: !IsClarify);

    // Inputs that no output lies in, or around: a container sees them read-only, so that they may share their bytes with the store.
    private IEnumerable<string> PureInputs => (Job.ProcessingInputs ?? [])
        .Where(ProcessingRules.IsBrought)
        .Select(input => Path.TrimEndingDirectorySeparator(input.S3Input!.LocalPath!))
        .Where(input => !Outputs(null).Any(output => (output.LocalPath + "/").StartsWith(input + "/", StringComparison.Ordinal) || (input + "/").StartsWith(output.LocalPath + "/", StringComparison.Ordinal)));

    /// <summary>The folder that holds the folders of all processing jobs, beside that of training.</summary>
    public static string RootOf(TrainingParts parts) =>
        Path.Join(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(parts.Options.JobsDirectory)), "processing");

    /// <summary>Fills the folder; a second try begins anew.</summary>
    public async Task DownloadAsync(CancellationToken cancellationToken)
    {
        Folder.Delete();
        Folder.Prepare(new JobDescription
        {
            Name = key.Name,
            Arn = Job.ProcessingJobArn,
            Region = key.Region,
            Hyperparameters = new Dictionary<string, string>(),
            Channels = [],
            Cluster = Cluster,
            CpuCount = Wanted.VCpus,
            GpuCount = Wanted.Gpus,
        });
        var configuration = Path.Join(Folder.Contract.Root, "config");
        Directory.CreateDirectory(configuration);
        File.Copy(Folder.Contract.ResourceConfigFile, Path.Join(configuration, "resourceconfig.json"));
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        ShapeJson.Write(Job, output);
        await File.WriteAllBytesAsync(Path.Join(configuration, "processingjobconfig.json"), output.WrittenMemory, cancellationToken);
        foreach (var local in (Job.ProcessingOutputConfig?.Outputs ?? []).Select(each => each.S3Output?.LocalPath).OfType<string>())
        {
            OpenToAll(Outside(local));
        }

        foreach (var input in (Job.ProcessingInputs ?? []).Where(ProcessingRules.IsBrought))
        {
            await StageAsync(input.S3Input!, cancellationToken);
        }
    }

    /// <summary>Brings the image of a job that runs in a container.</summary>
    /// <returns>Its id; null for a job of processes.</returns>
    public async Task<string?> BringImageAsync(CancellationToken cancellationToken)
    {
        if (!IsContainer)
        {
            return null;
        }

        try
        {
            var image = await parts.Images.BringAsync(Job.AppSpecification.ImageUri, new ImageAccess(key.Account, key.Region, Job.RoleArn), static _ => { }, cancellationToken);
            return image.Id;
        }
        catch (ImagePullException exception)
        {
            throw TrainingFailureException.Client(exception.Message);
        }
    }

    /// <summary>Starts the program, or takes up the run it already has.</summary>
    public async ValueTask<IJobRun> StartAsync(ComputeResources reserved, CancellationToken cancellationToken)
    {
        try
        {
            return await parts.Executor.StartAsync(IsContainer ? ContainerCommand(reserved) : Command(reserved), cancellationToken);
        }
        catch (Exception exception) when (exception is ContainerEngineException or ContainerEngineUnavailableException or ArgumentException)
        {
            throw TrainingFailureException.Client($"The program of the image '{Job.AppSpecification.ImageUri}' cannot be started: {exception.Message}");
        }
    }

    private JobCommand Command(ComputeResources reserved)
    {
        var application = Job.AppSpecification;
        return new JobCommand
        {
            Folder = Folder,
            Arguments = IsClarify ? [.. parts.Options.ClarifyCommand, Paths.Root] : [.. application.ContainerEntrypoint!.Concat(application.ContainerArguments ?? []).Select((word, i) => i == 0 ? Program(word) : Seen(word))],
            Environment = Variables(reserved),
            WorkingDirectory = Paths.Root,
            Limits = Limits(reserved),
            Isolated = !IsClarify,
            IsTrusted = IsClarify,
            Owner = document.Id,
        };
    }

    private JobCommand ContainerCommand(ComputeResources reserved) => new()
    {
        Folder = Folder,
        Container = new JobContainer(document.ContainerImage!)
        {
            Entrypoint = Job.AppSpecification.ContainerEntrypoint,
            IsNetworkIsolated = Job.NetworkConfig?.EnableNetworkIsolation == true,
            Purpose = $"processing-job/{key.Name}",
        },
        Arguments = Job.AppSpecification.ContainerArguments ?? [],
        Environment = Variables(reserved),
        WorkingDirectory = Paths.Root,
        Limits = Limits(reserved),
        Mounts = [.. PureInputs.Select(input => new JobMount(Outside(input), input, IsWritable: false))],
    };

    private static JobLimits Limits(ComputeResources reserved) =>
        new(reserved.VCpus < System.Environment.ProcessorCount ? reserved.VCpus : null, reserved.MemoryBytes, MaxProcesses) { MaxOpenFiles = MaxOpenFiles };

    /// <summary>What brings the program's output into the log.</summary>
    public JobLogRecorder Recorder()
    {
        var stream = new LogGroupKey(key.Account, key.Region, LogGroup).Stream($"{key.Name}/{JobCluster.HostName(1)}-{Job.ProcessingStartTime!.Value.ToUnixTimeSeconds()}");
        return new JobLogRecorder(parts.Logs, stream, Folder, new MetricReader([]));
    }

    /// <summary>The host as its utilization is published.</summary>
    public UtilizationSubject Utilization(IJobRun run) =>
        UtilizationSubject.OfHost(key, LogGroup, JobCluster.HostName(1), Wanted.MemoryBytes, run.MeasureUsage) with { Folder = Folder.Path };

    /// <summary>What brings outputs to S3 while the program runs.</summary>
    public IEnumerable<CheckpointSync> Uploads() => Outputs(ProcessingS3UploadMode.Continuous).Select(Sync);

    /// <summary>Brings every output to S3, whole.</summary>
    public async Task UploadAsync(CancellationToken cancellationToken)
    {
        foreach (var output in Outputs(null))
        {
            await Sync(output).SyncAsync(stillWritten: false, cancellationToken);
        }
    }

    /// <summary>What the program said at its end in <c>/opt/ml/output/message</c>.</summary>
    public string? ReadMessage()
    {
        using var file = PlainFile.TryOpen(Path.Join(Folder.Contract.Output, "message"));
        if (file is null)
        {
            return null;
        }

        using var reader = new StreamReader(file);
        var buffer = new char[FailureReason.MaxLength];
        return new string(buffer, 0, reader.ReadBlock(buffer)).Trim();
    }

    private IEnumerable<ProcessingS3Output> Outputs(string? mode) => (Job.ProcessingOutputConfig?.Outputs ?? [])
        .Where(output => output.AppManaged != true && (mode is null || output.S3Output!.S3UploadMode == mode))
        .Select(output => output.S3Output!);

    private CheckpointSync Sync(ProcessingS3Output output) =>
        new(parts.Objects, S3Location.Parse(output.S3Uri), [Outside(output.LocalPath!)], UploadInterval, parts.Clock, parts.Logger);

    private async Task StageAsync(ProcessingS3Input input, CancellationToken cancellationToken)
    {
        var place = S3Location.Parse(input.S3Uri);
        try
        {
            // The program may write where it reads, unless it is a user without the right to, or a container that gets it read-only.
            var isProtected = IsContainer ? PureInputs.Contains(Path.TrimEndingDirectorySeparator(input.LocalPath!)) : parts.Executor.ProtectsInput;
            await parts.Objects.StageAsync(
                new StageRequest { Bucket = place.Bucket, Prefix = place.Key, Folder = Outside(input.LocalPath!), AllowLinks = isProtected },
                cancellationToken: cancellationToken);
        }
        catch (Exception exception) when (exception is StagingException { Error: StagingError.NoSuchKey } or ObjectStoreException { Error: ObjectStoreError.NoSuchBucket })
        {
            throw TrainingFailureException.NoObjects(input.S3Uri, place, key.Region, Job.RoleArn!);
        }
        catch (StagingException exception)
        {
            throw TrainingFailureException.Client($"Data download failed: {exception.Message}");
        }
    }

    // The program may be a user of its own: what it may write to, and all above it, is open to it.
    private void OpenToAll(string directory)
    {
        const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;
        Directory.CreateDirectory(directory);
        for (var folder = directory; !OperatingSystem.IsWindows() && folder.Length > Folder.Contract.Root.Length; folder = Path.GetDirectoryName(folder)!)
        {
            File.SetUnixFileMode(folder, Everybody);
        }
    }

    // A path the job names, as it is outside.
    private string Outside(string local) => Path.Join(Folder.Contract.Root, local[ContractPaths.StandardRoot.Length..]);

    // A path the job names, as its program sees it.
    private string Seen(string word) =>
        Paths.Root == ContractPaths.StandardRoot ? word : word.Replace(ContractPaths.StandardRoot + "/", Paths.Root + "/", StringComparison.Ordinal);

    private string Program(string word) => word is "python" or "python3" ? parts.Options.Python : Seen(word);

    private Dictionary<string, string> Variables(ComputeResources reserved)
    {
        // An image brings its own surroundings.
        var variables = IsContainer ? new Dictionary<string, string>(StringComparer.Ordinal) : TrainingHost.Inherited();
        variables["PYTHONUNBUFFERED"] = "1";
        variables["AWS_REGION"] = variables["AWS_DEFAULT_REGION"] = key.Region;
        variables["PROCESSING_JOB_NAME"] = key.Name;
        variables["PROCESSING_JOB_ARN"] = Job.ProcessingJobArn;
        if (reserved.VCpus < System.Environment.ProcessorCount)
        {
            variables["OMP_NUM_THREADS"] = reserved.VCpus.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        var access = new JobAccess(key.Account, key.Region, Job.RoleArn!, TimeSpan.FromSeconds(Job.StoppingCondition!.MaxRuntimeInSeconds));
        foreach (var (name, value) in parts.Options.JobVariables(access).Concat(Job.Environment ?? []))
        {
            variables[name] = value;
        }

        return variables;
    }
}
