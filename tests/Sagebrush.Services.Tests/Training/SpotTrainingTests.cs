using System.Globalization;
using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Training;

/// <summary>Spot jobs give way to on-demand jobs and come back with what they had.</summary>
public sealed class SpotTrainingTests : TrainingTestBase
{
    // Counts up in its checkpoint, and ends when it has started twice.
    private const string Counting =
        """
        import os, signal, sys, time
        place = '/opt/ml/checkpoints/count' if os.path.isdir('/opt/ml/checkpoints') else os.environ['SM_MODEL_DIR'] + '/../checkpoints/count'
        count = int(open(place).read()) if os.path.exists(place) else 0
        def save(*_):
            open(place + '.new', 'w').write(str(count + 1))
            os.rename(place + '.new', place)
            print('saved', count + 1, flush=True)
            sys.exit(0)
        signal.signal(signal.SIGTERM, save)
        print('start', count, flush=True)
        while count < 1:
            time.sleep(0.02)
        open(os.environ['SM_MODEL_DIR'] + '/count', 'w').write(str(count))
        """;

    // What needs the place: holds it for a moment.
    private const string Urgent = "import time; time.sleep(0.3)";

    protected override ComputeResources? Capacity => new(2, 16L << 30, 0);

    [Fact]
    public async Task Create_AnOnDemandJobOnAFullMachine_InterruptsTheSpotJobWhichResumesFromItsCheckpoint()
    {
        await CreateAsync(Spot(await ScriptAsync("patient", Counting)));
        await PrintedAsync("patient", "start 0");

        await CreateAsync(await ScriptAsync("urgent", Urgent));
        await Eventually.TrueAsync(async () => (await DescribeAsync("patient")).SecondaryStatus == SecondaryStatus.Interrupted, Cancelled);
        Assert.Equal(TrainingJobStatus.InProgress, (await DescribeAsync("patient")).TrainingJobStatus);

        Assert.Equal(TrainingJobStatus.Completed, (await EndedAsync("urgent")).TrainingJobStatus);
        var job = await EndedAsync("patient");
        Assert.Null(job.FailureReason);
        Assert.Equal(
            ["Starting", "Downloading", "Training", "Interrupted", "Starting", "Downloading", "Training", "Uploading", "Completed"],
            job.SecondaryStatusTransitions!.Select(step => step.Status));
        Assert.Equal("1", (await ArtifactAsync("patient"))["count"]);
        Assert.Equal("1", await ReadAsync("checkpoints/patient/count"));
        Assert.Equal(["start 0", "saved 1", "start 1"], (await LogAsync("patient")).Where(line => line.StartsWith("start", StringComparison.Ordinal) || line.StartsWith("saved", StringComparison.Ordinal)));
        Assert.True(job.BillableTimeInSeconds <= job.TrainingTimeInSeconds);
        await Eventually.TrueAsync(() => Server.Queue.Used == default, Cancelled);
    }

    [Fact]
    public async Task Kill_WhileASpotJobIsInterrupted_ResumesAllTheSame()
    {
        await CreateAsync(Spot(await ScriptAsync("patient", Counting)));
        await PrintedAsync("patient", "start 0");
        await CreateAsync(await ScriptAsync("urgent", Urgent));
        await Eventually.TrueAsync(async () => (await DescribeAsync("patient")).SecondaryStatus == SecondaryStatus.Interrupted, Cancelled);

        await RestartAsync();

        Assert.Equal(TrainingJobStatus.Completed, (await EndedAsync("urgent")).TrainingJobStatus);
        Assert.Equal(TrainingJobStatus.Completed, (await EndedAsync("patient")).TrainingJobStatus);
        Assert.Equal("1", (await ArtifactAsync("patient"))["count"]);
    }

    [Fact]
    public async Task Create_XGBoostInterrupted_GoesOnFromItsCheckpoint()
    {
        await PutAsync("train/rows.csv", string.Concat(Enumerable.Range(0, 60).Select(row => string.Create(CultureInfo.InvariantCulture, $"{row % 7},{row},{row * row % 11}\n"))));
        await CreateAsync(Spot(Request("xgb", XGBoostImage, new() { ["num_round"] = "1000000", ["max_depth"] = "2", ["nthread"] = "1" }, ("train", "train/"))));
        await Eventually.TrueAsync(async () => (await LogAsync("xgb")).Exists(line => line.StartsWith("[2]", StringComparison.Ordinal)), Cancelled);

        await RunAsync(await ScriptAsync("urgent", Urgent));
        await Eventually.TrueAsync(async () => (await LogAsync("xgb")).Exists(line => line.Contains("Resuming from iteration", StringComparison.Ordinal)), Cancelled);
        await StopAsync("xgb");

        var job = await EndedAsync("xgb");
        Assert.Equal((TrainingJobStatus.Stopped, null), (job.TrainingJobStatus, job.FailureReason));
        Assert.Contains(job.SecondaryStatusTransitions!, step => step.Status == SecondaryStatus.Interrupted);
        Assert.Equal(["xgboost-model"], (await ArtifactAsync("xgb")).Keys);
    }

    [Fact]
    public async Task Create_ASpotJobThatWaitsTooLong_IsStopped()
    {
        await CreateAsync(await ScriptAsync("firm", "import time; time.sleep(600)"));
        await Eventually.TrueAsync(() => Server.Queue.Used.VCpus == 2, Cancelled);
        var request = Spot(await ScriptAsync("late", "print()"));
        request.StoppingCondition = new StoppingCondition { MaxRuntimeInSeconds = 1, MaxWaitTimeInSeconds = 1 };

        var job = await RunAsync(request);

        Assert.Equal((TrainingJobStatus.Stopped, SecondaryStatus.MaxWaitTimeExceeded, null), (job.TrainingJobStatus, job.SecondaryStatus, job.TrainingStartTime));
        await StopAsync("firm");
    }

    [Fact]
    public async Task Stop_AnInterruptedJob_Stops()
    {
        await CreateAsync(Spot(await ScriptAsync("patient", Counting)));
        await PrintedAsync("patient", "start 0");
        await CreateAsync(await ScriptAsync("urgent", "import time; time.sleep(600)"));
        await Eventually.TrueAsync(async () => (await DescribeAsync("urgent")).SecondaryStatus == SecondaryStatus.Training, Cancelled);

        await StopAsync("patient");

        var job = await EndedAsync("patient");
        Assert.Equal((TrainingJobStatus.Stopped, SecondaryStatus.Stopped), (job.TrainingJobStatus, job.SecondaryStatus));
        Assert.Equal("1", await ReadAsync("checkpoints/patient/count"));
        await StopAsync("urgent");
        await EndedAsync("urgent");
    }

    [Fact]
    public async Task Checkpoints_WhileAJobRuns_ReachS3WholeAndComeBack()
    {
        await PutAsync("checkpoints/busy/earlier", "from before");
        var request = Spot(await ScriptAsync(
            "busy",
            """
            import os, time
            place = os.path.dirname(os.environ['SM_MODEL_DIR']) + '/checkpoints/'
            print('found', open(place + 'earlier').read(), flush=True)
            os.makedirs(place + 'deep')
            open(place + 'deep/first', 'w').write('1' * 100)
            while not os.path.exists(os.environ['SM_MODEL_DIR'] + '/go'):
                with open(place + 'growing', 'a') as file:
                    file.write('x' * 10000)
                time.sleep(0.005)
            """));
        await CreateAsync(request);
        await Eventually.TrueAsync(() => Server.Objects.FindObject(Bucket, "checkpoints/busy/deep/first") is not null, Cancelled);

        Assert.Equal(TrainingJobStatus.InProgress, (await DescribeAsync("busy")).TrainingJobStatus);
        var host = System.IO.Directory.GetDirectories(Path.Join(Directory, "jobs")).SelectMany(job => System.IO.Directory.GetDirectories(job, "algo-*")).Single();
        await File.WriteAllTextAsync(Path.Join(host, "ml", "model", "go"), "", Cancelled);
        Assert.Null((await EndedAsync("busy")).FailureReason);
        Assert.Contains("found from before", await LogAsync("busy"));
        Assert.Equal(0, Server.Objects.FindObject(Bucket, "checkpoints/busy/growing")!.Size % 10_000);
    }

    private async Task<string> ReadAsync(string key)
    {
        using var reader = Server.Objects.Open(Bucket, key);
        return await new StreamReader(reader.OpenStream(0, reader.Info.Size)).ReadToEndAsync(Cancelled);
    }
}
