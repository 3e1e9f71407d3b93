using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Training;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Training;

/// <summary>Instances that are kept for the next job like theirs.</summary>
public sealed class WarmPoolTests : TrainingTestBase
{
    private const string Caching =
        """
        import os
        place = os.path.dirname(os.environ['SM_MODEL_DIR']) + '/sagemaker/warmpoolcache/'
        print('cached', sorted(os.listdir(place)))
        open(place + 'dataset', 'w').write('prepared')
        """;

    protected override ComputeResources? Capacity => new(2, 16L << 30, 0);

    [Fact]
    public async Task Create_AJobLikeTheLast_GoesOnWithItsInstancesAndCache()
    {
        await RunAsync(Warm(await ScriptAsync("first", Caching), 600));
        await StatusAsync("first", WarmPoolResourceStatus.Available);
        Assert.Equal(2, Server.Queue.Used.VCpus);

        var second = await RunAsync(Warm(await ScriptAsync("second", Caching), 600));

        Assert.Null(second.FailureReason);
        Assert.Contains("cached []", await LogAsync("first"));
        Assert.Contains("cached ['dataset']", await LogAsync("second"));
        await StatusAsync("first", WarmPoolResourceStatus.Reused);
        Assert.Equal("second", (await DescribeAsync("first")).WarmPoolStatus!.ReusedByJob);
        await StatusAsync("second", WarmPoolResourceStatus.Available);
        var listed = await Training.ListAsync(new ListTrainingJobsRequest { WarmPoolStatusEquals = WarmPoolResourceStatus.Available }, Context, Cancelled);
        Assert.Equal("second", Assert.Single(listed.TrainingJobSummaries!).TrainingJobName);
    }

    [Fact]
    public async Task Create_AnotherJob_TakesTheirPlace()
    {
        await RunAsync(Warm(await ScriptAsync("first", Caching), 600));
        await StatusAsync("first", WarmPoolResourceStatus.Available);
        var other = await ScriptAsync("other", "print()");
        other.ResourceConfig!.VolumeSizeInGB = 7;

        Assert.Equal(TrainingJobStatus.Completed, (await RunAsync(other)).TrainingJobStatus);

        await StatusAsync("first", WarmPoolResourceStatus.Terminated);
        await Eventually.TrueAsync(() => Server.Queue.Used == default, Cancelled);
    }

    [Fact]
    public async Task Update_TheirTimeToNothing_EndsThem()
    {
        await RunAsync(Warm(await ScriptAsync("first", Caching), 600));
        await StatusAsync("first", WarmPoolResourceStatus.Available);

        await UpdateAsync(new UpdateTrainingJobRequest { TrainingJobName = "first", ResourceConfig = new ResourceConfigForUpdate { KeepAlivePeriodInSeconds = 0 } });

        await StatusAsync("first", WarmPoolResourceStatus.Terminated);
        var refusal = await Assert.ThrowsAsync<Wire.Dispatch.ServiceException>(() => UpdateAsync(
            new UpdateTrainingJobRequest { TrainingJobName = "first", ResourceConfig = new ResourceConfigForUpdate { KeepAlivePeriodInSeconds = 60 } }));
        Assert.Equal("ValidationException", refusal.Code);
    }

    [Fact]
    public async Task Restart_WithAWarmPool_EndsIt()
    {
        await RunAsync(Warm(await ScriptAsync("first", Caching), 600));
        await StatusAsync("first", WarmPoolResourceStatus.Available);

        await RestartAsync();
        await RunAsync(await ScriptAsync("later", "print()"));

        await StatusAsync("first", WarmPoolResourceStatus.Terminated);
    }

    [Fact]
    public async Task Create_ASpotJobToBeKeptWarm_IsRefused()
    {
        var request = Warm(await ScriptAsync("spot", "print()"), 60);
        request.EnableManagedSpotTraining = true;
        request.StoppingCondition = new StoppingCondition { MaxRuntimeInSeconds = 10, MaxWaitTimeInSeconds = 10 };

        var refusal = await Assert.ThrowsAsync<Wire.Dispatch.ServiceException>(() => CreateAsync(request));

        Assert.Contains("KeepAlivePeriodInSeconds", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_TheProfilerOfARunningJob_IsTold()
    {
        await CreateAsync(await ScriptAsync("profiled", "import time; time.sleep(600)"));

        await UpdateAsync(new UpdateTrainingJobRequest { TrainingJobName = "profiled", ProfilerConfig = new ProfilerConfigForUpdate { ProfilingIntervalInMilliseconds = 1000 } });

        Assert.Equal(1000, (await DescribeAsync("profiled")).ProfilerConfig!.ProfilingIntervalInMilliseconds);
        await StopAsync("profiled");
        await EndedAsync("profiled");
    }

    private static CreateTrainingJobRequest Warm(CreateTrainingJobRequest request, int seconds)
    {
        request.ResourceConfig!.KeepAlivePeriodInSeconds = seconds;
        return request;
    }

    private async Task StatusAsync(string job, string status) =>
        await Eventually.TrueAsync(async () => (await DescribeAsync(job)).WarmPoolStatus?.Status == status, Cancelled);

    private async Task UpdateAsync(UpdateTrainingJobRequest request) =>
        await new UpdateTrainingJobOperation(Server.Store, TimeProvider.System).InvokeAsync(request, Context, Cancelled);
}
