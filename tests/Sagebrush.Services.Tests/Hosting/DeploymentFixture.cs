using Microsoft.Extensions.DependencyInjection;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Deployments;
using Sagebrush.Testing;
using Sagebrush.Wire.Client;

namespace Sagebrush.Services.Tests.Hosting;

/// <summary>A server whose clock and alarms a test turns, with two models that answer alike questions differently.</summary>
public sealed class DeploymentFixture : IAsyncLifetime
{
    internal const string Image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1";
    private const string SklearnImage = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3";
    private const string Role = "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole";

    internal ManualTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    internal AlarmBoard Alarms { get; } = new();

    internal HostingServer Server { get; private set; } = null!;

    internal ApiClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await HostingServer.StartAsync(clock: Clock, more: services => services.AddSingleton<IAlarmStates>(Alarms));
        Client = Server.Client;
        await ModelAsync("old", Image, await Server.TrainAsync("old/model.tar.gz", HostingFixture.XGBoost));
        await ModelAsync("new", Image, await Server.TrainAsync("new/model.tar.gz", HostingFixture.XGBoost.Replace("RandomState(7)", "RandomState(8)", StringComparison.Ordinal)));
        await ModelAsync("stuck", SklearnImage, await Server.TrainAsync("stuck/model.tar.gz", """
            os.mkdir("code")
            open("code/serve.py", "w").write("import time\ndef model_fn(d): time.sleep(3600)")
            """), new() { ["SAGEMAKER_PROGRAM"] = "serve.py" });
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }

    internal async Task RestartAsync()
    {
        Client.Dispose();
        await Server.RestartAsync();
        Client = Server.Client;
    }

    internal Task ModelAsync(string name, string image, string url, Dictionary<string, string>? environment = null) => Client.SendAsync(
        SageMakerApi.CreateModel,
        new CreateModelInput
        {
            ModelName = name,
            ExecutionRoleArn = Role,
            PrimaryContainer = new ContainerDefinition { Image = image, ModelDataUrl = url, Environment = environment },
        },
        CancellationToken.None);

    internal Task ConfigAsync(string name, params List<ProductionVariant> variants) => Client.SendAsync(
        SageMakerApi.CreateEndpointConfig,
        new CreateEndpointConfigInput { EndpointConfigName = name, ProductionVariants = variants },
        CancellationToken.None);

    internal static ProductionVariant Variant(string model, int instances = 1, float weight = 1, string name = "AllTraffic") => new()
    {
        VariantName = name,
        ModelName = model,
        InstanceType = "ml.m5.large",
        InitialInstanceCount = instances,
        InitialVariantWeight = weight,
    };

    /// <summary>Creates an endpoint with the old model, and a configuration with the new one; both are named after it.</summary>
    internal async Task CreateAsync(string name, int instances, ProductionVariant? next = null)
    {
        await ConfigAsync($"{name}-old", Variant("old", instances));
        await ConfigAsync($"{name}-new", next ?? Variant("new", instances));
        await Client.SendAsync(SageMakerApi.CreateEndpoint, new CreateEndpointInput { EndpointName = name, EndpointConfigName = $"{name}-old" }, CancellationToken.None);
        await UntilAsync(name, endpoint => endpoint.EndpointStatus == EndpointStatus.InService);
    }

    internal Task UpdateAsync(string name, DeploymentConfig? config, bool retain = false) => Client.SendAsync(
        SageMakerApi.UpdateEndpoint,
        new UpdateEndpointInput { EndpointName = name, EndpointConfigName = $"{name}-new", DeploymentConfig = config, RetainDeploymentConfig = retain },
        CancellationToken.None);

    internal Task<DescribeEndpointOutput> DescribeAsync(string name) =>
        Client.SendAsync(SageMakerApi.DescribeEndpoint, new DescribeEndpointInput { EndpointName = name }, CancellationToken.None);

    /// <summary>Waits for an endpoint to be as wanted, and describes it.</summary>
    internal async Task<DescribeEndpointOutput> UntilAsync(string name, Func<DescribeEndpointOutput, bool> condition)
    {
        DescribeEndpointOutput endpoint = null!;
        await Eventually.TrueAsync(async () => condition(endpoint = await DescribeAsync(name)), TestContext.Current.CancellationToken);
        return endpoint;
    }

    /// <summary>Waits until the deployment bakes at a step that began after <paramref name="after"/>.</summary>
    internal Task<DescribeEndpointOutput> BakingAsync(string name, DateTimeOffset? after = null) => UntilAsync(name, endpoint =>
        endpoint.PendingDeploymentSummary?.ProductionVariants![0].VariantStatus is [{ Status: VariantStatus.Baking } status] && (after is null || status.StartTime > after));

    /// <summary>The share of an endpoint's answers that are the new model's.</summary>
    internal async Task<double> ShareOfNewAsync(string name, int requests = 400)
    {
        _new ??= (await AnswersAsync("new"), await AnswersAsync("old")) is var (next, old) && next != old ? next : throw new InvalidOperationException("The models answer alike.");
        var count = 0;
        for (var i = 0; i < requests; i++)
        {
            count += await SteadyLoad.AskAsync(Client, name) == _new ? 1 : 0;
        }

        return (double)count / requests;
    }

    private string? _new;

    private async Task<string> AnswersAsync(string model)
    {
        var name = $"answers-of-{model}";
        await ConfigAsync(name, Variant(model));
        await Client.SendAsync(SageMakerApi.CreateEndpoint, new CreateEndpointInput { EndpointName = name, EndpointConfigName = name }, CancellationToken.None);
        await UntilAsync(name, endpoint => endpoint.EndpointStatus == EndpointStatus.InService);
        return await SteadyLoad.AskAsync(Client, name);
    }
}
