using Sagebrush.State.Metrics;

namespace Sagebrush.Services.Tests.Hosting;

public sealed class EndpointMetricsTests(HostingFixture fixture)
{
    [Fact]
    public async Task InvokeEndpoint_AnswersAndErrors_AreCountedWithTheirLatency()
    {
        await fixture.Server.Boto3Async($"""
            deploy("counted", XGBOOST, "{fixture.XGBoostUrl}")
            for _ in range(8):
                invoke("counted", "0.9,0.8,0.7")
            assert error(invoke, "counted", "1,x")["Error"]["Code"] == "ModelError"
            """);

        Assert.Equal((9, 9.0), await ReadAsync("Invocations"));
        Assert.Equal((9, 9.0), await ReadAsync("InvocationsPerInstance"));
        var errors = await ReadAsync("InvocationModelErrors");
        var client = await ReadAsync("Invocation4XXErrors");
        var server = await ReadAsync("Invocation5XXErrors");
        Assert.Equal((9, 1.0), errors);
        Assert.Equal(1, client.Sum + server.Sum);
        Assert.Equal(9, client.Count);
        var (answers, microseconds) = await ReadAsync("ModelLatency");
        Assert.Equal(9, answers);
        Assert.InRange(microseconds / answers, 0.1, 10_000_000);
        Assert.True((await ReadAsync("OverheadLatency")).Sum > 0);
    }

    [Fact]
    public async Task InvokeEndpoint_MultiModel_TellsHitsAndLoads()
    {
        await fixture.Server.TrainAsync("cached/a.tar.gz", HostingFixture.XGBoost);
        await fixture.Server.Boto3Async("""
            sm.create_model(ModelName="cached", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": XGBOOST, "Mode": "MultiModel", "ModelDataUrl": "s3://models/cached/"})
            config_of("cached", variant("cached"))
            sm.create_endpoint(EndpointName="cached", EndpointConfigName="cached")
            settled("cached")
            for _ in range(4):
                invoke("cached", "0.6,0.6,0.6", TargetModel="a.tar.gz")
            """);

        Assert.Equal((4, 3.0), await ReadAsync("ModelCacheHit", "cached"));
        Assert.Equal(1, (await ReadAsync("ModelLoadingTime", "cached")).Count);
        Assert.Equal(1, (await ReadAsync("ModelDownloadingTime", "cached")).Count);
        Assert.Equal(1, (await ReadAsync("ModelLoadingWaitTime", "cached")).Count);
    }

    private async Task<(int Count, double Sum)> ReadAsync(string name, string endpoint = "counted")
    {
        await fixture.Server.Publisher.FlushAsync(TestContext.Current.CancellationToken);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var points = await fixture.Server.Metrics.ReadAsync(
            new MetricRead
            {
                Metric = new MetricKey(
                    HostingServer.Account, "us-east-1", "AWS/SageMaker", name, MetricDimensions.Of(("EndpointName", endpoint), ("VariantName", "AllTraffic"))),
                Start = now - 3600,
                End = now + 3600,
                Period = 86_400,
            },
            TestContext.Current.CancellationToken);
        return ((int)points.Sum(point => point.Values.SampleCount), points.Sum(point => point.Values.Sum));
    }
}
