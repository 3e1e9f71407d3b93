using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Client;

namespace Sagebrush.Services.Tests.Hosting;

public sealed class DeploymentTests(DeploymentFixture fixture) : IClassFixture<DeploymentFixture>
{
    [Fact]
    public async Task Canary_UnderLoad_ShiftsInTwoStepsWithoutAFailure()
    {
        await fixture.CreateAsync("canary", 2);
        await using var load = new SteadyLoad(fixture.Client, "canary");
        await fixture.UpdateAsync("canary", BlueGreen(TrafficRoutingConfigType.Canary, canary: Percent(25), wait: 300, termination: 600));

        var baking = await fixture.BakingAsync("canary");
        var variant = Assert.Single(baking.PendingDeploymentSummary!.ProductionVariants!);
        Assert.Equal((2, 2, "ml.m5.large"), (variant.CurrentInstanceCount, variant.DesiredInstanceCount, variant.InstanceType));
        Assert.Equal(("canary-old", EndpointStatus.Updating), (baking.EndpointConfigName, baking.EndpointStatus));
        Assert.Equal(TrafficRoutingConfigType.Canary, baking.LastDeploymentConfig!.BlueGreenUpdatePolicy!.TrafficRoutingConfiguration.Type);

        // Five standard deviations of 400 draws at 25 percent are 0.108.
        Assert.InRange(await fixture.ShareOfNewAsync("canary"), 0.14, 0.36);
        await RefusedAsync("Cannot update in-progress endpoint", () => fixture.UpdateAsync("canary", null));
        await RefusedAsync("Cannot update in-progress endpoint", () => fixture.Client.SendAsync(
            SageMakerApi.DeleteEndpoint, new DeleteEndpointInput { EndpointName = "canary" }, CancellationToken.None));

        fixture.Clock.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(variant.VariantStatus![0].StartTime, (await fixture.BakingAsync("canary")).PendingDeploymentSummary!.ProductionVariants![0].VariantStatus![0].StartTime);
        fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        var all = await fixture.BakingAsync("canary", variant.VariantStatus[0].StartTime);
        Assert.Equal(1, await fixture.ShareOfNewAsync("canary", 50));

        fixture.Clock.Advance(TimeSpan.FromSeconds(301));
        await fixture.BakingAsync("canary", all.PendingDeploymentSummary!.ProductionVariants![0].VariantStatus![0].StartTime);
        fixture.Clock.Advance(TimeSpan.FromSeconds(601));
        var ended = await fixture.UntilAsync("canary", endpoint => endpoint.EndpointStatus == EndpointStatus.InService);
        Assert.Equal(("canary-new", null, null), (ended.EndpointConfigName, ended.PendingDeploymentSummary, ended.FailureReason));
        Assert.Empty(load.Failures);
        Assert.True(load.Answers > 0);
    }

    [Fact]
    public async Task Linear_ProgramRestarted_GoesOnWhereItWas()
    {
        await fixture.CreateAsync("linear", 2);
        await fixture.UpdateAsync("linear", BlueGreen(TrafficRoutingConfigType.Linear, step: Percent(50), wait: 600));
        var first = await fixture.BakingAsync("linear");
        await fixture.RestartAsync();
        await EventuallyAnswersAsync("linear");
        Assert.InRange(await fixture.ShareOfNewAsync("linear"), 0.37, 0.63);
        Assert.Equal(EndpointStatus.Updating, (await fixture.DescribeAsync("linear")).EndpointStatus);

        fixture.Clock.Advance(TimeSpan.FromSeconds(601));
        await fixture.BakingAsync("linear", first.PendingDeploymentSummary!.ProductionVariants![0].VariantStatus![0].StartTime);
        Assert.Equal(1, await fixture.ShareOfNewAsync("linear", 50));
        fixture.Clock.Advance(TimeSpan.FromSeconds(601));
        var ended = await fixture.UntilAsync("linear", endpoint => endpoint.EndpointStatus == EndpointStatus.InService);
        Assert.Equal("linear-new", ended.EndpointConfigName);
    }

    [Fact]
    public async Task Rolling_AlarmGoesOff_RollsBackUnderLoadWithoutAFailure()
    {
        fixture.Alarms["errors"] = "OK";
        await fixture.CreateAsync("rolling", 4);
        await using var load = new SteadyLoad(fixture.Client, "rolling");
        await fixture.UpdateAsync("rolling", new DeploymentConfig
        {
            RollingUpdatePolicy = new RollingUpdatePolicy { MaximumBatchSize = Percent(25), WaitIntervalInSeconds = 120, RollbackMaximumBatchSize = Percent(50) },
            AutoRollbackConfiguration = new AutoRollbackConfig { Alarms = [new Alarm { AlarmName = "errors" }] },
        });
        var first = await fixture.BakingAsync("rolling");
        Assert.Equal((3, 1), (first.ProductionVariants![0].CurrentInstanceCount, first.PendingDeploymentSummary!.ProductionVariants![0].CurrentInstanceCount));
        Assert.InRange(await fixture.ShareOfNewAsync("rolling"), 0.14, 0.36);

        fixture.Clock.Advance(TimeSpan.FromSeconds(121));
        var second = await fixture.BakingAsync("rolling", first.PendingDeploymentSummary!.ProductionVariants![0].VariantStatus![0].StartTime);
        Assert.Equal((2, 2), (second.ProductionVariants![0].CurrentInstanceCount, second.PendingDeploymentSummary!.ProductionVariants![0].CurrentInstanceCount));

        fixture.Alarms["errors"] = "ALARM";
        fixture.Clock.Advance(TimeSpan.FromSeconds(3));
        var back = await fixture.UntilAsync("rolling", endpoint => endpoint.EndpointStatus == EndpointStatus.InService);
        Assert.Equal(("rolling-old", 4), (back.EndpointConfigName, back.ProductionVariants![0].CurrentInstanceCount));
        Assert.Contains("alarm \"errors\"", back.FailureReason, StringComparison.Ordinal);
        Assert.Equal(0, await fixture.ShareOfNewAsync("rolling", 50));
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task Rolling_NewModelGoneAfterARestart_GoesBackWithTheOldFleetAlone()
    {
        await fixture.ModelAsync("doomed", DeploymentFixture.Image, await fixture.Server.TrainAsync("doomed/model.tar.gz", HostingFixture.XGBoost));
        await fixture.CreateAsync("bereft", 4, DeploymentFixture.Variant("doomed", 4));
        await fixture.UpdateAsync("bereft", new DeploymentConfig
        {
            RollingUpdatePolicy = new RollingUpdatePolicy { MaximumBatchSize = Percent(25), WaitIntervalInSeconds = 120, RollbackMaximumBatchSize = Percent(25) },
        });
        var first = await fixture.BakingAsync("bereft");
        fixture.Clock.Advance(TimeSpan.FromSeconds(121));
        await fixture.BakingAsync("bereft", first.PendingDeploymentSummary!.ProductionVariants![0].VariantStatus![0].StartTime);

        // The way back, batch by batch, needs the new fleet as well: nobody can load that one any more.
        await fixture.Server.Objects.DeleteAsync(HostingServer.Bucket, [new DeleteTarget("doomed/model.tar.gz")], TestContext.Current.CancellationToken);
        await fixture.RestartAsync();
        var back = await fixture.UntilAsync("bereft", endpoint => endpoint.EndpointStatus is EndpointStatus.InService or EndpointStatus.Failed or EndpointStatus.UpdateRollbackFailed);
        Assert.Equal((EndpointStatus.InService, "bereft-old", 4), (back.EndpointStatus, back.EndpointConfigName, back.ProductionVariants![0].CurrentInstanceCount));
        Assert.Contains("doomed/model.tar.gz", back.FailureReason, StringComparison.Ordinal);
        Assert.Equal(0, await fixture.ShareOfNewAsync("bereft", 50));
    }

    [Fact]
    public async Task Rolling_NothingWrong_ReplacesEveryInstance()
    {
        await fixture.CreateAsync("rolled", 3);
        await using var load = new SteadyLoad(fixture.Client, "rolled");
        await fixture.UpdateAsync("rolled", new DeploymentConfig
        {
            RollingUpdatePolicy = new RollingUpdatePolicy { MaximumBatchSize = new CapacitySize { Type = CapacitySizeType.InstanceCount, Value = 1 }, WaitIntervalInSeconds = 0 },
        });
        var ended = await fixture.UntilAsync("rolled", endpoint => endpoint.EndpointStatus == EndpointStatus.InService);
        Assert.Equal(("rolled-new", 3), (ended.EndpointConfigName, ended.ProductionVariants![0].CurrentInstanceCount));
        Assert.Equal(1, await fixture.ShareOfNewAsync("rolled", 50));
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task AllAtOnce_AlarmGoesOffWhileItBakes_GoesBackToTheOldFleet()
    {
        fixture.Alarms["latency"] = "OK";
        await fixture.CreateAsync("baking", 1);
        await using var load = new SteadyLoad(fixture.Client, "baking");
        await fixture.UpdateAsync("baking", BlueGreen(TrafficRoutingConfigType.AllAtOnce, wait: 600, alarm: "latency"));
        await fixture.BakingAsync("baking");
        Assert.Equal(1, await fixture.ShareOfNewAsync("baking", 50));

        fixture.Alarms["latency"] = "ALARM";
        fixture.Clock.Advance(TimeSpan.FromSeconds(3));
        var back = await fixture.UntilAsync("baking", endpoint => endpoint.EndpointStatus == EndpointStatus.InService);
        Assert.Equal("baking-old", back.EndpointConfigName);
        Assert.Equal(0, await fixture.ShareOfNewAsync("baking", 50));
        Assert.Empty(load.Failures);

        // The configuration of the deployment that failed can be used again, once the alarm is over.
        fixture.Alarms["latency"] = "OK";
        await fixture.UpdateAsync("baking", null, retain: true);
        await fixture.BakingAsync("baking");
        fixture.Clock.Advance(TimeSpan.FromSeconds(601));
        var ended = await fixture.UntilAsync("baking", endpoint => endpoint.EndpointStatus == EndpointStatus.InService);
        Assert.Equal("baking-new", ended.EndpointConfigName);
    }

    [Fact]
    public async Task Update_HandlerNeverReady_RollsBackWithTheReason()
    {
        var stuck = DeploymentFixture.Variant("stuck");
        stuck.ContainerStartupHealthCheckTimeoutInSeconds = 60;
        await fixture.CreateAsync("unready", 1, stuck);
        await fixture.UpdateAsync("unready", null);
        var back = await TurnUntilInServiceAsync("unready", TimeSpan.FromSeconds(61));
        Assert.Equal("unready-old", back.EndpointConfigName);
        Assert.Contains("did not load within 60 seconds", back.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_LongerThanItMayTake_RollsBackWithTheReason()
    {
        var stuck = DeploymentFixture.Variant("stuck");
        stuck.ContainerStartupHealthCheckTimeoutInSeconds = 3600;
        await fixture.CreateAsync("overdue", 1, stuck);
        var config = BlueGreen(TrafficRoutingConfigType.AllAtOnce, wait: 0);
        config.BlueGreenUpdatePolicy!.MaximumExecutionTimeoutInSeconds = 600;
        await fixture.UpdateAsync("overdue", config);
        var back = await TurnUntilInServiceAsync("overdue", TimeSpan.FromSeconds(601));
        Assert.Equal("overdue-old", back.EndpointConfigName);
        Assert.Contains("MaximumExecutionTimeoutInSeconds (600 seconds)", back.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_PolicyAgainstTheRules_IsRefused()
    {
        await fixture.CreateAsync("rules", 4);
        await RefusedAsync("Could not find the CloudWatch alarm \"nobody\"", () => fixture.UpdateAsync("rules", BlueGreen(TrafficRoutingConfigType.AllAtOnce, wait: 0, alarm: "nobody")));
        await RefusedAsync("TrafficRoutingConfiguration.CanarySize is required", () => fixture.UpdateAsync("rules", BlueGreen(TrafficRoutingConfigType.Canary, wait: 0)));
        await RefusedAsync("LinearStepSize is required", () => fixture.UpdateAsync("rules", BlueGreen(TrafficRoutingConfigType.AllAtOnce, step: Percent(10), wait: 0)));
        await RefusedAsync("CanarySize: 51 percent is out of range", () => fixture.UpdateAsync("rules", BlueGreen(TrafficRoutingConfigType.Canary, canary: Percent(51), wait: 0)));
        await RefusedAsync("LinearStepSize: 3 of 4 instances", () => fixture.UpdateAsync("rules", BlueGreen(
            TrafficRoutingConfigType.Linear, step: new CapacitySize { Type = CapacitySizeType.InstanceCount, Value = 3 }, wait: 0)));
        var both = BlueGreen(TrafficRoutingConfigType.AllAtOnce, wait: 0);
        both.RollingUpdatePolicy = new RollingUpdatePolicy { MaximumBatchSize = Percent(50), WaitIntervalInSeconds = 0 };
        await RefusedAsync("either BlueGreenUpdatePolicy or RollingUpdatePolicy", () => fixture.UpdateAsync("rules", both));
        var hasty = BlueGreen(TrafficRoutingConfigType.AllAtOnce, wait: 500, termination: 500);
        hasty.BlueGreenUpdatePolicy!.MaximumExecutionTimeoutInSeconds = 600;
        await RefusedAsync("MaximumExecutionTimeoutInSeconds: 600 is too short", () => fixture.UpdateAsync("rules", hasty));
    }

    private static CapacitySize Percent(int value) => new() { Type = CapacitySizeType.CapacityPercent, Value = value };

    private static DeploymentConfig BlueGreen(string type, int wait, CapacitySize? canary = null, CapacitySize? step = null, int? termination = null, string? alarm = null) => new()
    {
        BlueGreenUpdatePolicy = new BlueGreenUpdatePolicy
        {
            TrafficRoutingConfiguration = new TrafficRoutingConfig { Type = type, WaitIntervalInSeconds = wait, CanarySize = canary, LinearStepSize = step },
            TerminationWaitInSeconds = termination,
        },
        AutoRollbackConfiguration = alarm is null ? null : new AutoRollbackConfig { Alarms = [new Alarm { AlarmName = alarm }] },
    };

    private static async Task RefusedAsync(string words, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<ApiException>(call);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private async Task EventuallyAnswersAsync(string name) => await Testing.Eventually.TrueAsync(
        async () =>
        {
            try
            {
                await SteadyLoad.AskAsync(fixture.Client, name);
                return true;
            }
            catch (ApiException)
            {
                return false;
            }
        },
        TestContext.Current.CancellationToken);

    /// <summary>Turns the clock, again and again until whatever waits for it has begun to wait, until the endpoint is in service.</summary>
    private Task<DescribeEndpointOutput> TurnUntilInServiceAsync(string name, TimeSpan by) => fixture.UntilAsync(name, endpoint =>
    {
        if (endpoint.EndpointStatus == EndpointStatus.InService)
        {
            return true;
        }

        fixture.Clock.Advance(by);
        return false;
    });
}
