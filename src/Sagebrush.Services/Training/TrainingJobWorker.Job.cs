using Sagebrush.Compute.Capacity;
using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;
using Sagebrush.Serving.Archives;
using Sagebrush.State.Logs;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Training;

/// <summary>What the job is told and given: its folder, its data, its command.</summary>
internal sealed partial class TrainingJobWorker
{
    private const string LogGroup = "/aws/sagemaker/TrainingJobs";
    private const string CodeHyperparameter = "sagemaker_submit_directory";
    private const int MaxProcesses = 16_384;

    // What a job may know of this program's surroundings; keys and the like are not among them.
    private static readonly string[] InheritedVariables =
    [
        "PATH", "HOME", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "DOTNET_ROOT", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "PIP_INDEX_URL", "PIP_CONFIG_FILE",
    ];

    private TrainingProgram Program =>
        TrainingProgram.TryFind(Job.AlgorithmSpecification!.TrainingImage!, Job.HyperParameters, out var program, out var problem)
            ? program
            : throw TrainingFailureException.Client(problem);

    // Algorithms of this program take their paths from the environment and clean up after themselves: they need no world of their own.
    private bool IsIsolated => Program.Algorithm is null;

    private ContractPaths Paths => _parts.Executor.PathsSeenBy(Folder, IsIsolated);

    private ComputeResources Reserved => _ticket!.Reserved;

    private JobDescription Description => new()
    {
        Name = _key.Name,
        Arn = Job.TrainingJobArn,
        Region = _key.Region,
        Hyperparameters = Job.HyperParameters ?? [],
        Channels =
        [
            .. (Job.InputDataConfig ?? []).Select(channel => new JobChannel(channel.ChannelName)
            {
                ContentType = channel.ContentType,
                InputMode = channel.InputMode ?? Job.AlgorithmSpecification!.TrainingInputMode,
                Distribution = channel.DataSource.S3DataSource!.S3DataDistributionType!,
                RecordWrapper = channel.RecordWrapperType!,
            }),
        ],
        Cluster = JobCluster.SingleHost(Job.ResourceConfig!.InstanceType!),
        CpuCount = Reserved.VCpus,
        GpuCount = Reserved.Gpus,
        FrameworkModule = Program.FrameworkModule,
        Checkpoints = Job.CheckpointConfig is { } checkpoints ? new JobCheckpoints(checkpoints.S3Uri, Paths.Checkpoints) : null,
    };

    private JobAccess Access =>
        new(_key.Account, _key.Region, Job.RoleArn!, TimeSpan.FromSeconds(Job.StoppingCondition.MaxRuntimeInSeconds!.Value));

    private string SitePackages => Path.Join(Folder.Temporary, "site-packages");

    private async Task DownloadAsync(CancellationToken cancellationToken)
    {
        var folder = Folder;
        folder.Prepare(Description);
        CheckOutputBucket();
        foreach (var channel in Job.InputDataConfig ?? [])
        {
            var uri = channel.DataSource.S3DataSource!.S3Uri;
            await StageAsync(uri, folder.Contract.Channel(channel.ChannelName), isRequired: true, cancellationToken);
        }

        if (Job.CheckpointConfig is { } checkpoints)
        {
            await StageAsync(checkpoints.S3Uri, folder.Contract.Checkpoints, isRequired: false, cancellationToken);
        }

        if (Program.Algorithm is null)
        {
            await UnpackCodeAsync(cancellationToken);
            _ = Script();
        }

        await UpdateAsync(
            document =>
            {
                document.Phase = TrainingPhase.Training;
                EnterUnlessStopping(
                    document, Contracts.SageMaker.SecondaryStatus.Training, "Training image download completed. Training in progress.");
            },
            cancellationToken);
    }

    private void CheckOutputBucket()
    {
        // Found out now rather than after hours of training.
        var output = S3Location.Parse(Job.OutputDataConfig!.S3OutputPath);
        if (_parts.Objects.FindBucket(output.Bucket) is null)
        {
            throw TrainingFailureException.Client($"Artifact upload failed: The bucket \"{output.Bucket}\" of the S3OutputPath does not exist.");
        }
    }

    private async Task StageAsync(string uri, string directory, bool isRequired, CancellationToken cancellationToken)
    {
        // What an earlier try brought may be half of it.
        Directory.Delete(directory, recursive: true);
        Directory.CreateDirectory(directory);
        var place = S3Location.Parse(uri);
        try
        {
            // A script might write into its input: only programs of ours get the store's own bytes.
            var request = new StageRequest { Bucket = place.Bucket, Prefix = place.Key, Folder = directory, AllowLinks = Program.Algorithm is not null };
            await _parts.Objects.StageAsync(request, cancellationToken: cancellationToken);
        }
        catch (Exception exception) when (exception is StagingException { Error: StagingError.NoSuchKey } or ObjectStoreException { Error: ObjectStoreError.NoSuchBucket })
        {
            if (isRequired)
            {
                throw TrainingFailureException.NoObjects(uri, place, _key.Region, Job.RoleArn!);
            }
        }
        catch (StagingException exception)
        {
            throw TrainingFailureException.Client($"Data download failed: {exception.Message}");
        }
    }

    private async Task UnpackCodeAsync(CancellationToken cancellationToken)
    {
        var code = Folder.Contract.Code;
        Directory.Delete(code, recursive: true);
        Directory.CreateDirectory(code);
        if (!TrainingEnvironment.For(Description, Paths).Variables.TryGetValue("SM_MODULE_DIR", out var uri)
            || !S3Location.TryParse(uri, out var place))
        {
            throw TrainingFailureException.Client(
                $"The image runs a script: give the S3 URI of its sourcedir.tar.gz in the hyperparameter {CodeHyperparameter}, and its name in sagemaker_program.");
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

    private ScriptProgram Script() =>
        ScriptProgram.For(Folder.Contract.Code, TrainingEnvironment.For(Description, Paths), _parts.Options.Python, SitePackages);

    private JobCommand Command()
    {
        var paths = Paths;
        var program = Program;
        return new JobCommand
        {
            Folder = Folder,
            Arguments = program.Algorithm is { } algorithm ? [.. _parts.Options.BuiltInCommand, algorithm.Name, paths.Root] : Script().Arguments,
            Environment = Variables(paths),
            WorkingDirectory = program.Algorithm is null ? paths.Code : paths.Root,
            Limits = new JobLimits(Reserved.VCpus < System.Environment.ProcessorCount ? Reserved.VCpus : null, Reserved.MemoryBytes, MaxProcesses),
            Isolated = IsIsolated,
        };
    }

    private Dictionary<string, string> Variables(ContractPaths paths)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["LANG"] = "C.UTF-8" };
        foreach (var name in InheritedVariables)
        {
            if (System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                variables[name] = value;
            }
        }

        if (Reserved.VCpus < System.Environment.ProcessorCount)
        {
            // Libraries count the machine's processors; more threads than the job's share would only wait for each other.
            variables["OMP_NUM_THREADS"] = Reserved.VCpus.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Program.Algorithm is null)
        {
            variables["PYTHONUNBUFFERED"] = "1";
            variables["PYTHONPATH"] = $"{paths.Code}:{SitePackages}";
        }

        foreach (var (name, value) in _parts.Options.JobVariables(Access).Concat(TrainingEnvironment.For(Description, paths).Variables).Concat(Job.Environment ?? []))
        {
            variables[name] = value;
        }

        return variables;
    }

    private JobLogRecorder Recorder(CancellationToken cancellationToken)
    {
        JobLogRecorder? recorder = null;
        var stream = new LogGroupKey(_key.Account, _key.Region, LogGroup).Stream(_document.LogStream!);
        return recorder = new JobLogRecorder(_parts.Logs, stream, Folder, new MetricReader(Job.AlgorithmSpecification!.MetricDefinitions ?? []))
        {
            MetricsChanged = () => ReportMetricsAsync(recorder!.Progress, cancellationToken),
        };
    }

    private string ReasonOf(JobExit exit)
    {
        var recorder = Recorder(CancellationToken.None);
        recorder.Load();
        var script = Program.Algorithm is null ? Script().Display : null;
        return FailureReason.Of(exit, Folder.ReadFailure(FailureReason.MaxLength), script, recorder.Progress.Tail);
    }
}
