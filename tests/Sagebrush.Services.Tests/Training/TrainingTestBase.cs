using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Training;
using Sagebrush.State.Logs;
using Sagebrush.State.Objects;
using Sagebrush.Testing;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tests.Training;

/// <summary>A training server of its own for each test, a bucket, and short ways to make and watch jobs.</summary>
public abstract class TrainingTestBase : IAsyncLifetime
{
    protected const string Bucket = "test-bucket";
    protected const string SklearnImage = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3";
    protected const string XGBoostImage = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1";
    protected const string Role = "arn:aws:iam::000000000000:role/SagebrushExecutionRole";

    private readonly TemporaryFolder _folder = new();

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected static CallContext Context { get; } = new()
    {
        AccountId = "000000000000",
        Region = "us-east-1",
        Principal = new Wire.Signing.Principal("000000000000", "arn:aws:iam::000000000000:root", "000000000000"),
        RequestId = "request",
        Http = new DefaultHttpContext(),
    };

    protected string Directory => _folder.Path;

    private protected TrainingServer Server { get; set; } = null!;

    private protected TrainingCapability Training => new(Server.Store, TimeProvider.System);

    protected virtual ComputeResources? Capacity => null;

    protected virtual TimeSpan? StopGrace => null;

    private protected virtual Task<string?> EngineAsync() => Task.FromResult<string?>(null);

    public async ValueTask InitializeAsync()
    {
        Server = new TrainingServer(Directory, Capacity, StopGrace, engine: await EngineAsync());
        await Server.Objects.CreateBucketAsync(Bucket, Context.AccountId, Context.Region, Cancelled);
        Server.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected async Task RestartAsync()
    {
        await Server.DisposeAsync();
        Server = new TrainingServer(Directory, Capacity, StopGrace, engine: await EngineAsync());
        Server.Start();
    }

    protected async Task PutAsync(string key, byte[] content)
    {
        using var pending = await Server.Objects.WriteAsync(new MemoryStream(content), new ContentOptions(), Cancelled);
        await Server.Objects.PutAsync(new ObjectTarget { Bucket = Bucket, Key = key }, pending, Cancelled);
    }

    protected Task PutAsync(string key, string content) => PutAsync(key, Encoding.UTF8.GetBytes(content));

    /// <summary>A job that runs a Python script.</summary>
    protected async Task<CreateTrainingJobRequest> ScriptAsync(string name, string script, Dictionary<string, string>? hyperparameters = null)
    {
        await PutArchiveAsync($"code/{name}/sourcedir.tar.gz", ("train.py", script));
        return Request(name, SklearnImage, new Dictionary<string, string>(hyperparameters ?? [])
        {
            ["sagemaker_program"] = "\"train.py\"",
            ["sagemaker_submit_directory"] = $"\"s3://{Bucket}/code/{name}/sourcedir.tar.gz\"",
        });
    }

    /// <summary>Stores files as one tar.gz.</summary>
    protected async Task PutArchiveAsync(string key, params (string Name, string Content)[] files)
    {
        using var archive = new MemoryStream();
        await using (var gzip = new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true))
        await using (var tar = new TarWriter(gzip))
        {
            foreach (var (name, content) in files)
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) }, Cancelled);
            }
        }

        await PutAsync(key, archive.ToArray());
    }

    protected static CreateTrainingJobRequest Request(string name, string image, Dictionary<string, string> hyperparameters, params (string Channel, string Prefix)[] channels) => new()
    {
        TrainingJobName = name,
        RoleArn = Role,
        HyperParameters = hyperparameters,
        AlgorithmSpecification = new AlgorithmSpecification { TrainingImage = image, TrainingInputMode = TrainingInputMode.File },
        InputDataConfig = [.. channels.Select(channel => Input(channel.Channel, $"s3://{Bucket}/{channel.Prefix}"))],
        OutputDataConfig = new OutputDataConfig { S3OutputPath = $"s3://{Bucket}/output" },
        ResourceConfig = new ResourceConfig { InstanceType = "ml.m5.large", InstanceCount = 1, VolumeSizeInGB = 1 },
        StoppingCondition = new StoppingCondition { MaxRuntimeInSeconds = 3600 },
    };

    /// <summary>Makes a job a spot job, with checkpoints in its own folder.</summary>
    protected static CreateTrainingJobRequest Spot(CreateTrainingJobRequest request)
    {
        request.EnableManagedSpotTraining = true;
        request.StoppingCondition = new StoppingCondition { MaxRuntimeInSeconds = 3600, MaxWaitTimeInSeconds = 7200 };
        request.CheckpointConfig = new CheckpointConfig { S3Uri = $"s3://{Bucket}/checkpoints/{request.TrainingJobName}" };
        return request;
    }

    protected static Channel Input(string name, string uri) => new()
    {
        ChannelName = name,
        ContentType = "text/csv",
        DataSource = new DataSource { S3DataSource = new S3DataSource { S3DataType = S3DataType.S3Prefix, S3Uri = uri } },
    };

    protected async Task<string> CreateAsync(CreateTrainingJobRequest request) =>
        (await new CreateTrainingJobOperation(Server.Store, TimeProvider.System).InvokeAsync(request, Context, Cancelled)).TrainingJobArn;

    protected async Task<DescribeTrainingJobResponse> DescribeAsync(string name) =>
        await Training.DescribeAsync(new DescribeTrainingJobRequest { TrainingJobName = name }, Context, Cancelled);

    protected async Task StopAsync(string name) =>
        await new StopTrainingJobOperation(Server.Store, TimeProvider.System).InvokeAsync(new StopTrainingJobRequest { TrainingJobName = name }, Context, Cancelled);

    /// <summary>Creates a job and waits for its end.</summary>
    protected async Task<DescribeTrainingJobResponse> RunAsync(CreateTrainingJobRequest request)
    {
        await CreateAsync(request);
        return await EndedAsync(request.TrainingJobName);
    }

    protected async Task<DescribeTrainingJobResponse> EndedAsync(string name)
    {
        await Eventually.TrueAsync(async () => (await DescribeAsync(name)).TrainingJobStatus is not (TrainingJobStatus.InProgress or TrainingJobStatus.Stopping), Cancelled);
        return await DescribeAsync(name);
    }

    /// <summary>The messages of a job's log, stream after stream.</summary>
    protected async Task<List<string>> LogAsync(string name, string host = "")
    {
        var group = new LogGroupKey(Context.AccountId, Context.Region, "/aws/sagemaker/TrainingJobs");
        var streams = await Server.Logs.ListStreamsAsync(new LogStreamQuery { Group = group, Prefix = $"{name}/{host}" }, Cancelled);
        List<string> lines = [];
        foreach (var stream in streams?.Streams ?? [])
        {
            lines.AddRange((await Server.Logs.ReadAsync(stream.Key, new LogRead { FromHead = true }, Cancelled))!.Select(line => line.Message));
        }

        return lines;
    }

    protected Task PrintedAsync(string name, string line) => Eventually.TrueAsync(async () => (await LogAsync(name)).Contains(line), Cancelled);

    /// <summary>The files of a job's artifact, by name.</summary>
    protected async Task<Dictionary<string, string>> ArtifactAsync(string job, string artifact = "model")
    {
        using var reader = Server.Objects.Open(Bucket, $"output/{job}/output/{artifact}.tar.gz");
        await using var gzip = new GZipStream(reader.OpenStream(0, reader.Info.Size), CompressionMode.Decompress);
        await using var tar = new TarReader(gzip);
        Dictionary<string, string> files = [];
        while (await tar.GetNextEntryAsync(copyData: true, Cancelled) is { } entry)
        {
            files[entry.Name] = entry.DataStream is { } content ? await new StreamReader(content).ReadToEndAsync(Cancelled) : entry.LinkName;
        }

        return files;
    }
}
