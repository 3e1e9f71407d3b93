using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Sagebrush.Compute.Containers;
using Sagebrush.Services.AutoScaling;
using Sagebrush.Services.CloudWatch.Utilization;
using Sagebrush.Services.Hosting;
using Sagebrush.Services.Iam;
using Sagebrush.Services.ModelRegistry;
using Sagebrush.Services.S3;
using Sagebrush.Services.Sns;
using Sagebrush.Services.Tagging;
using Sagebrush.Services.InferenceExperiments;
using Sagebrush.Services.Recommendations;
using Sagebrush.Services.Transform;
using Sagebrush.State.Logs;
using Sagebrush.State.Metrics;
using Sagebrush.State.Objects;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;
using Sagebrush.Testing;
using Sagebrush.Wire.Client;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Tests.Hosting;

/// <summary>Hosting and batch transform behind a real port: stores, reconcilers, gateway. It can be stopped and started on the same data.</summary>
internal sealed class HostingServer : IAsyncDisposable
{
    public const string Account = "000000000000";
    public const string Bucket = "models";

    private readonly TemporaryFolder _folder = new();
    private WebApplication? _app;
    private string? _engine;
    private string _network = "bridge";
    private TimeProvider _clock = TimeProvider.System;
    private Action<IServiceCollection>? _more;
    private CredentialsStore? _credentials;

    public Uri Url { get; private set; } = null!;

    public IObjectStore Objects => _app!.Services.GetRequiredService<IObjectStore>();

    public ILogStore Logs => _app!.Services.GetRequiredService<ILogStore>();

    public IMetricStore Metrics => _app!.Services.GetRequiredService<IMetricStore>();

    public IMetricPublisher Publisher => _app!.Services.GetRequiredService<IMetricPublisher>();

    public string EndpointsFolder => Path.Join(_folder.Path, "data", "endpoints");

    /// <summary>A client of its API, as root.</summary>
    public ApiClient Client => new(Url, _credentials!.Root, "us-east-1", TimeProvider.System);

    /// <summary>Starts a server.</summary>
    /// <param name="engine">The socket of the container engine, if there is one.</param>
    /// <param name="network">The network of containers.</param>
    /// <param name="clock">The clock of everything but signatures and stores; the system's by default.</param>
    /// <param name="more">Adds services, before those of the server.</param>
    public static async Task<HostingServer> StartAsync(
        string? engine = null, string network = "bridge", TimeProvider? clock = null, Action<IServiceCollection>? more = null)
    {
        var server = new HostingServer { _engine = engine, _network = network, _clock = clock ?? TimeProvider.System, _more = more };
        await server.UpAsync();
        await server.Objects.CreateBucketAsync(Bucket, Account, "us-east-1", TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Stops everything and starts it again on the same data.</summary>
    public async Task RestartAsync()
    {
        await DownAsync();
        await UpAsync();
    }

    /// <summary>Puts an object into the bucket.</summary>
    public async Task<string> PutAsync(string key, byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        using var content = await Objects.WriteAsync(stream, new ContentOptions(), TestContext.Current.CancellationToken);
        await Objects.PutAsync(new ObjectTarget { Bucket = Bucket, Key = key }, content, TestContext.Current.CancellationToken);
        return $"s3://{Bucket}/{key}";
    }

    /// <summary>The bytes of an object.</summary>
    public async Task<byte[]> GetAsync(string url)
    {
        var location = new Uri(url);
        using var reader = Objects.Open(location.Host, location.AbsolutePath[1..]);
        await using var stream = reader.OpenStream(0, reader.Info.Size);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }

    /// <summary>Runs Python that makes a model folder, and puts that folder as <c>model.tar.gz</c> into the bucket.</summary>
    public async Task<string> TrainAsync(string key, string script)
    {
        var folder = Directory.CreateDirectory(Path.Join(_folder.Path, Guid.NewGuid().ToString("N"))).FullName;
        await RunAsync("/usr/bin/python3", "import os\n" + script + "\nimport tarfile\nt = tarfile.open('../model.tar.gz', 'w:gz')\nt.add('.')\nt.close()", folder);
        var bytes = await File.ReadAllBytesAsync(Path.Join(_folder.Path, "model.tar.gz"), TestContext.Current.CancellationToken);
        return await PutAsync(key, bytes);
    }

    /// <summary>Runs a script with boto3's clients <c>sm</c> and <c>rt</c>, and a few words, ready; returns what it prints.</summary>
    public Task<string> Boto3Async(string script) => RunAsync("python3", Prelude + script, _folder.Path);

    public async ValueTask DisposeAsync()
    {
        await DownAsync();
        _folder.Dispose();
    }

    private const string Prelude = """
        import boto3, botocore, json, time
        from botocore.config import Config
        config = Config(retries={"max_attempts": 0})
        sm = boto3.client("sagemaker", config=config)
        rt = boto3.client("sagemaker-runtime", config=config)
        ROLE = "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole"
        XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
        SKLEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"

        def model(name, image, url, **environment):
            sm.create_model(ModelName=name, ExecutionRoleArn=ROLE,
                            PrimaryContainer={"Image": image, "ModelDataUrl": url, "Environment": environment})

        def variant(model, name="AllTraffic", weight=1.0):
            return {"VariantName": name, "ModelName": model, "InstanceType": "ml.m5.large",
                    "InitialInstanceCount": 1, "InitialVariantWeight": weight}

        def config_of(name, *variants):
            sm.create_endpoint_config(EndpointConfigName=name, ProductionVariants=list(variants))

        def settled(name):
            while True:
                endpoint = sm.describe_endpoint(EndpointName=name)
                if endpoint["EndpointStatus"] not in ("Creating", "Updating", "RollingBack"):
                    return endpoint
                time.sleep(0.02)

        def deploy(name, image, url, **environment):
            model(name, image, url, **environment)
            config_of(name, variant(name))
            sm.create_endpoint(EndpointName=name, EndpointConfigName=name)
            return settled(name)

        def invoke(name, body, content_type="text/csv", **more):
            answer = rt.invoke_endpoint(EndpointName=name, Body=body, ContentType=content_type, **more)
            return answer["Body"].read().decode(), answer["ContentType"], answer["InvokedProductionVariant"]

        def transform(name, model, source, output, **more):
            job = {"TransformJobName": name, "ModelName": model,
                   "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": source}},
                                      "ContentType": "text/csv", "SplitType": "Line"},
                   "TransformOutput": {"S3OutputPath": output, "AssembleWith": "Line", "Accept": "text/csv"},
                   "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1}}
            for member, value in more.items():
                job[member] = {**job[member], **value} if isinstance(job.get(member), dict) else value
            return sm.create_transform_job(**job)["TransformJobArn"]

        def transformed(name):
            while True:
                job = sm.describe_transform_job(TransformJobName=name)
                if job["TransformJobStatus"] not in ("InProgress", "Stopping"):
                    return job
                time.sleep(0.02)

        def error(call, *arguments, **more):
            try:
                call(*arguments, **more)
            except botocore.exceptions.ClientError as e:
                return e.response
            raise AssertionError("no error")


        """;

    private async Task UpAsync()
    {
        var data = Path.Join(_folder.Path, "data");
        Directory.CreateDirectory(data);
        _credentials = CredentialsStore.Open(data, Account, TimeProvider.System);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddLogging();
        builder.Services.AddSingleton(_clock);
        _more?.Invoke(builder.Services);
        builder.Services.AddSingleton<ICredentialSource>(_credentials);
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SigV4Verifier>(services, TimeProvider.System));
        builder.Services.AddSingleton<IResourceStore>(_ => SqliteResourceStore.Open(Path.Join(data, "resources.db"), TimeProvider.System));
        builder.Services.AddSingleton<IMetricStore>(_ => SqliteMetricStore.Open(Path.Join(data, "metrics.db"), TimeProvider.System));
        builder.Services.AddSingleton<IMetricPublisher, MetricPublisher>();
        builder.Services.AddSingleton<JobMetrics>();
        builder.Services.AddSingleton<ILogStore>(_ => SqliteLogStore.Open(Path.Join(data, "logs.db"), TimeProvider.System));
        builder.Services.AddSingleton<IObjectStore>(_ => FolderObjectStore.Open(data, TimeProvider.System, NullLogger<FolderObjectStore>.Instance));
        builder.Services.AddSingleton<ReconcilerHost>();
        if (_engine is not null)
        {
            builder.Services.AddSingleton(new ContainerOptions { Engine = _engine, Owner = data, ModelNetwork = _network });
        }

        builder.Services.TryAddSingleton(new HostingOptions { Folder = Path.Join(data, "endpoints"), MostInstances = 1000 });
        builder.Services.AddSingleton(_ => new SnsOptions { Folder = data, PublicUrl = () => Url.ToString().TrimEnd('/') });
        builder.Services.AddHosting();
        builder.Services.AddModelRegistry();
        builder.Services.AddSns();
        builder.Services.AddTagging();
        builder.Services.AddSingleton(_credentials);
        builder.Services.AddSingleton(new IamOptions(data));
        builder.Services.AddIam();
        builder.Services.AddS3();
        builder.Services.AddAutoScaling();
        builder.Services.AddInferenceExperiments();
        builder.Services.AddRecommendations();
        builder.Services.AddTransform();
        builder.Services.AddSingleton(services =>
        {
            var api = new ApiMap();
            KnownServices.Declare(api);
            foreach (var capability in services.GetServices<ICapability>())
            {
                capability.Map(api);
            }

            return api;
        });
        builder.Services.AddSingleton<Gateway>();
        _app = builder.Build();
        var gateway = _app.Services.GetRequiredService<Gateway>();
        _app.Run(gateway.HandleAsync);
        await _app.StartAsync();
        _app.Services.GetRequiredService<ReconcilerHost>().Start();
        Url = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    private async Task DownAsync()
    {
        await _app!.Services.GetRequiredService<ReconcilerHost>().DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task<string> RunAsync(string program, string script, string folder)
    {
        var start = new ProcessStartInfo(program, ["-c", script])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in AwsClients.Environment(Url))
        {
            start.Environment[name] = value;
        }

        start.Environment["AWS_ACCESS_KEY_ID"] = _credentials!.Root.AccessKeyId;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = _credentials.Root.SecretAccessKey;
        start.Environment["AWS_DEFAULT_REGION"] = "us-east-1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await error);
        return output;
    }
}
