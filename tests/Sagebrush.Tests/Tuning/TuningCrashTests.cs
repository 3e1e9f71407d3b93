using Sagebrush.Testing;
using Sagebrush.Tests.CommandLine;
using Xunit;

namespace Sagebrush.Tests.Tuning;

public sealed class TuningCrashTests : IDisposable
{
    private const string Script = """
        import boto3, sys, time
        sm, s3 = boto3.client("sagemaker"), boto3.client("s3")
        if sys.argv[1] == "start":
            s3.create_bucket(Bucket="crash-bucket")
            s3.put_object(Bucket="crash-bucket", Key="d/d.csv", Body="".join(f"{i % 7},{i},{i * i % 5}\n" for i in range(50)))
            source = lambda name: dict(ChannelName=name, ContentType="text/csv", DataSource=dict(S3DataSource=dict(S3DataType="S3Prefix", S3Uri="s3://crash-bucket/d/")))
            sm.create_hyper_parameter_tuning_job(HyperParameterTuningJobName="t", HyperParameterTuningJobConfig=dict(
                Strategy="Random", ResourceLimits=dict(MaxNumberOfTrainingJobs=5, MaxParallelTrainingJobs=2),
                HyperParameterTuningJobObjective=dict(Type="Minimize", MetricName="validation:rmse"),
                ParameterRanges=dict(ContinuousParameterRanges=[dict(Name="eta", MinValue="0.1", MaxValue="0.5")])),
                TrainingJobDefinition=dict(AlgorithmSpecification=dict(TrainingImage="683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1", TrainingInputMode="File"),
                StaticHyperParameters=dict(num_round="3"), RoleArn="arn:aws:iam::000000000000:role/tuner", InputDataConfig=[source("train"), source("validation")],
                OutputDataConfig=dict(S3OutputPath="s3://crash-bucket/out"), ResourceConfig=dict(InstanceType="ml.m5.large", InstanceCount=1, VolumeSizeInGB=1),
                StoppingCondition=dict(MaxRuntimeInSeconds=600)))
        wanted = int(sys.argv[2])
        while True:
            job = sm.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="t")
            made = len(sm.list_training_jobs(NameContains="t-0")["TrainingJobSummaries"])
            if made >= wanted or job["HyperParameterTuningJobStatus"] != "InProgress":
                break
            time.sleep(0.02)
        while sys.argv[1] == "finish" and job["HyperParameterTuningJobStatus"] == "InProgress":
            time.sleep(0.1)
            job = sm.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="t")
        trials = sm.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName="t")["TrainingJobSummaries"]
        made = sorted(j["TrainingJobName"] for j in sm.list_training_jobs(NameContains="t-0")["TrainingJobSummaries"])
        if sys.argv[1] == "finish":
            assert made == sorted(t["TrainingJobName"] for t in trials), (made, trials)
            print(job["HyperParameterTuningJobStatus"], len(made), len(set(made)))
        """;

    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Kill9_InMidTuning_CreatesEachTrainingJobOnce()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        foreach (var (step, wanted) in new[] { ("start", "1"), ("go on", "3") })
        {
            var (killed, url) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
            await using var server = killed;
            await ClientScript.RunAsync(_data.Path, url, "-c", Script, step, wanted);
            server.Signal(ProgramUnderTest.Kill);
        }

        var (last, lastUrl) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
        await using var restarted = last;
        Assert.Equal("Completed 5 5", await ClientScript.RunAsync(_data.Path, lastUrl, "-c", Script, "finish", "5"));
    }
}
