using Sagebrush.Contracts.SageMaker;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Training;

/// <summary>Scripts under the training toolkit's conventions, from request to artifact.</summary>
public sealed class ScriptTrainingTests : TrainingTestBase
{
    protected override TimeSpan? StopGrace => TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Create_AScript_TrainsAndKeepsEverything()
    {
        await PutAsync("data/train/part-1.csv", "1,2\n");
        await PutAsync("data/train/deep/part-2.csv", "3,4\n");
        var request = await ScriptAsync(
            "iris",
            """
            import argparse, glob, os
            parser = argparse.ArgumentParser()
            parser.add_argument('--epochs', type=int)
            parser.add_argument('--learning-rate', type=float)
            parser.add_argument('--train', default=os.environ['SM_CHANNEL_TRAIN'])
            args = parser.parse_args()
            rows = sum(len(open(f).readlines()) for f in glob.glob(args.train + '/**/*.csv', recursive=True))
            print(f'loss={0.5}; rows={rows}')
            print(f'loss={args.learning_rate}; epochs={args.epochs}; mode={os.environ["MODE"]}; module={os.environ["SM_MODULE_NAME"]}')
            open(os.path.join(os.environ['SM_MODEL_DIR'], 'model.txt'), 'w').write('weights')
            open(os.path.join(os.environ['SM_OUTPUT_DATA_DIR'], 'report.txt'), 'w').write('report')
            """,
            new() { ["epochs"] = "3", ["learning-rate"] = "0.25" });
        request.InputDataConfig = [Input("train", $"s3://{Bucket}/data/train")];
        request.Environment = new() { ["MODE"] = "fast" };
        request.AlgorithmSpecification!.MetricDefinitions = [new MetricDefinition { Name = "loss", Regex = "loss=([0-9.]+)" }];

        var job = await RunAsync(request);

        Assert.Null(job.FailureReason);
        Assert.Equal(TrainingJobStatus.Completed, job.TrainingJobStatus);
        Assert.Equal(["Starting", "Downloading", "Training", "Uploading", "Completed"], job.SecondaryStatusTransitions!.Select(step => step.Status));
        Assert.All(job.SecondaryStatusTransitions!, step => Assert.True(step.EndTime >= step.StartTime));
        Assert.Equal("Training job completed", job.SecondaryStatusTransitions![^1].StatusMessage);
        Assert.Equal("s3://test-bucket/output/iris/output/model.tar.gz", job.ModelArtifacts.S3ModelArtifacts);
        Assert.Equal(("loss", 0.25f), (Assert.Single(job.FinalMetricDataList!).MetricName, job.FinalMetricDataList![0].Value));
        Assert.True(job.TrainingEndTime > job.TrainingStartTime && job.TrainingStartTime >= job.CreationTime);
        Assert.True(job.TrainingTimeInSeconds >= 1 && job.BillableTimeInSeconds == job.TrainingTimeInSeconds);
        Assert.Equal("weights", (await ArtifactAsync("iris"))["model.txt"]);
        Assert.Equal("report", (await ArtifactAsync("iris", "output"))["report.txt"]);
        var log = await LogAsync("iris");
        Assert.Contains("loss=0.5; rows=2", log);
        Assert.Contains("loss=0.25; epochs=3; mode=fast; module=train", log);
        Assert.Contains("/usr/bin/python3 train.py --epochs 3 --learning-rate 0.25", log);
        await Eventually.TrueAsync(() => System.IO.Directory.GetDirectories(Path.Join(Directory, "jobs")).Length == 0, Cancelled);
        // What the job held comes free a moment after its end is written down.
        await Eventually.TrueAsync(() => Server.Queue.Used == default, Cancelled);
    }

    [Fact]
    public async Task Create_AScriptThatCrashes_FailsWithItsError()
    {
        var job = await RunAsync(await ScriptAsync("crash", "print('working')\nraise ValueError('no such column: age')"));

        Assert.Equal(TrainingJobStatus.Failed, job.TrainingJobStatus);
        Assert.Equal(
            "AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"ValueError: no such column: age\"\nCommand \"/usr/bin/python3 train.py\", exit code: 1",
            job.FailureReason);
        Assert.Equal("Training job failed", job.SecondaryStatusTransitions![^1].StatusMessage);
    }

    [Fact]
    public async Task Create_AScriptThatSaysWhyItFails_FailsWithItsWords()
    {
        var job = await RunAsync(await ScriptAsync("words", "import sys; open('/opt/ml/output/failure' if __import__('os').path.exists('/opt/ml/output') else __import__('os').environ['SM_OUTPUT_DIR'] + '/failure', 'w').write('the moon is full'); sys.exit(3)"));

        Assert.Equal("AlgorithmError: the moon is full, exit code: 1", job.FailureReason);
    }

    [Fact]
    public async Task Create_AScriptThatLeavesAPipeAsItsFailure_DoesNotHang()
    {
        var job = await RunAsync(await ScriptAsync("pipe", "import os, sys; os.mkfifo(os.environ['SM_OUTPUT_DIR'] + '/failure'); os.mkfifo(os.environ['SM_OUTPUT_DATA_DIR'] + '/p'); sys.exit(3)"));

        Assert.StartsWith("AlgorithmError: ExecuteUserScriptError:\nExitCode 3\n", job.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_AScriptThatPrintsMuch_KeepsItAll()
    {
        const int Lines = 50_000;
        var job = await RunAsync(await ScriptAsync("loud", $"for i in range({Lines}): print('x' * 400, i)"));

        Assert.Equal(TrainingJobStatus.Completed, job.TrainingJobStatus);
        var group = new State.Logs.LogGroupKey(Context.AccountId, Context.Region, "/aws/sagemaker/TrainingJobs");
        var stream = (await Server.Logs.ListStreamsAsync(new State.Logs.LogStreamQuery { Group = group, Prefix = "loud/" }, Cancelled))!.Streams.Single();
        var last = await Server.Logs.ReadAsync(stream.Key, new State.Logs.LogRead { Limit = 1 }, Cancelled);
        Assert.EndsWith($" {Lines - 1}", Assert.Single(last!).Message, StringComparison.Ordinal);
        Assert.True(stream.StoredBytes > Lines * 400);
    }

    [Fact]
    public async Task Stop_AScriptWithStubbornChildren_EndsAllAndKeepsTheModel()
    {
        var request = await ScriptAsync(
            "stubborn",
            """
            import os, signal, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if os.fork() == 0:
                os.setsid()
                time.sleep(600)
            open(os.environ['SM_MODEL_DIR'] + '/partial', 'w').write('so far')
            print('ready')
            time.sleep(600)
            """);
        await CreateAsync(request);
        await PrintedAsync("stubborn", "ready");

        await StopAsync("stubborn");

        Assert.Equal(SecondaryStatus.Stopping, (await DescribeAsync("stubborn")).SecondaryStatusTransitions![^1].Status.Replace("Stopped", "Stopping", StringComparison.Ordinal));
        var job = await EndedAsync("stubborn");
        Assert.Equal((TrainingJobStatus.Stopped, SecondaryStatus.Stopped), (job.TrainingJobStatus, job.SecondaryStatus));
        Assert.Null(job.FailureReason);
        Assert.Equal("so far", (await ArtifactAsync("stubborn"))["partial"]);
        var refusal = await Assert.ThrowsAsync<Wire.Dispatch.ServiceException>(() => StopAsync("stubborn"));
        Assert.Equal(("ValidationException", "The request was rejected because the training job is in status Stopped."), (refusal.Code, refusal.Message));
    }

    [Fact]
    public async Task Create_AJobThatRunsTooLong_IsStoppedAndKept()
    {
        var request = await ScriptAsync("long", "import os, time\nopen(os.environ['SM_MODEL_DIR'] + '/m', 'w').write('m')\ntime.sleep(600)");
        request.StoppingCondition!.MaxRuntimeInSeconds = 1;

        var job = await RunAsync(request);

        Assert.Equal((TrainingJobStatus.Stopped, SecondaryStatus.MaxRuntimeExceeded), (job.TrainingJobStatus, job.SecondaryStatus));
        Assert.Equal("m", (await ArtifactAsync("long"))["m"]);
    }

    [Fact]
    public async Task Create_OddHyperparameters_ArriveOrFailClearly()
    {
        var job = await RunAsync(await ScriptAsync("odd", "import sys; print(sys.argv[1:])", new() { ["a=b"] = "1", ["quote"] = "\"it's\"", ["long"] = new string('x', 2500) }));
        Assert.Null(job.FailureReason);
        Assert.Contains($"['--a=b', '1', '--long', '{new string('x', 2500)}', '--quote', \"it's\"]", await LogAsync("odd"));

        var bad = await RunAsync(await ScriptAsync("nul", "print()", new() { ["nul"] = "\"a\\u0000b\"" }));
        Assert.StartsWith("ClientError: ", bad.FailureReason, StringComparison.Ordinal);
        Assert.Contains("NUL", bad.FailureReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../evil.py", "must be a path inside the code")]
    [InlineData("other.py", "is not in the code")]
    public async Task Create_AProgramThatIsNotThere_FailsBeforeTraining(string program, string reason)
    {
        var request = await ScriptAsync("missing", "print()");
        request.HyperParameters!["sagemaker_program"] = $"\"{program}\"";

        var job = await RunAsync(request);

        Assert.StartsWith("ClientError: ", job.FailureReason, StringComparison.Ordinal);
        Assert.Contains(reason, job.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_CodeThatIsNotThere_FailsWithItsUri()
    {
        var request = await ScriptAsync("nocode", "print()");
        request.HyperParameters!["sagemaker_submit_directory"] = "\"s3://test-bucket/nothing.tar.gz\"";

        var job = await RunAsync(request);

        Assert.Contains("s3://test-bucket/nothing.tar.gz", job.FailureReason, StringComparison.Ordinal);
    }
}
