using Microsoft.Extensions.DependencyInjection;
using Sagebrush.Services.AutoScaling;
using Sagebrush.Services.Tests.Hosting;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.AutoScaling;

/// <summary>A server whose clock, metrics and alarms a test turns.</summary>
public sealed class AutoScalingFixture(HostingFixture hosting) : IAsyncLifetime
{
    internal ManualTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    internal MetricBoard Metrics { get; } = new();

    internal HostingServer Server { get; private set; } = null!;

    internal string ModelUrl { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await HostingServer.StartAsync(clock: Clock, more: services => services
            .AddSingleton<IScalingMetrics>(Metrics).AddSingleton<IScalingAlarms>(Metrics));
        ModelUrl = await Server.PutAsync("model.tar.gz", await hosting.Server.GetAsync(hosting.XGBoostUrl));
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    /// <summary>Runs a script while the clock is turned, ten seconds at a time.</summary>
    internal async Task RunAsync(string script)
    {
        var running = Server.Boto3Async(Prelude + script);
        while (!running.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(running, Task.Delay(20, TestContext.Current.CancellationToken));
        }

        await running;
    }

    private const string Prelude = """
        scaling = boto3.client("application-autoscaling", config=config)
        def of(name):
            return dict(ServiceNamespace="sagemaker", ResourceId="endpoint/%s/variant/AllTraffic" % name,
                        ScalableDimension="sagemaker:variant:DesiredInstanceCount")
        def count(name):
            return sm.describe_endpoint(EndpointName=name)["ProductionVariants"][0]["CurrentInstanceCount"]
        def until(condition):
            end = time.time() + 60
            while not condition():
                assert time.time() < end, "it did not come true"
                time.sleep(0.05)
        def activities(name):
            return scaling.describe_scaling_activities(**of(name))["ScalingActivities"]


        """;
}
