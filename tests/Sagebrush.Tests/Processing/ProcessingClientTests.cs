using Sagebrush.Testing;
using Sagebrush.Tests.CommandLine;
using Xunit;

namespace Sagebrush.Tests.Processing;

public sealed class ProcessingClientTests : IDisposable
{
    private const string Kept = """
        import boto3, sys, time
        sm, s3 = boto3.client("sagemaker"), boto3.client("s3")
        if sys.argv[1] == "start":
            s3.create_bucket(Bucket="kept-bucket")
            sm.create_processing_job(ProcessingJobName="kept", RoleArn="arn:aws:iam::000000000000:role/processor",
                ProcessingResources=dict(ClusterConfig=dict(InstanceCount=1, InstanceType="ml.m5.large", VolumeSizeInGB=1)),
                ProcessingOutputConfig=dict(Outputs=[dict(OutputName="o", S3Output=dict(S3Uri="s3://kept-bucket/o", LocalPath="/opt/ml/processing/o", S3UploadMode="Continuous"))]),
                AppSpecification=dict(ImageUri="683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
                    ContainerEntrypoint=["/bin/sh", "-c", "echo one >> $0/n; sleep 1; sleep 7; echo done > $0/d", "/opt/ml/processing/o"]))
            while s3.list_objects_v2(Bucket="kept-bucket")["KeyCount"] == 0:
                assert sm.describe_processing_job(ProcessingJobName="kept")["ProcessingJobStatus"] == "InProgress"
                time.sleep(0.1)
        else:
            while (status := sm.describe_processing_job(ProcessingJobName="kept")["ProcessingJobStatus"]) == "InProgress":
                time.sleep(0.1)
            print(status, *[s3.get_object(Bucket="kept-bucket", Key=key)["Body"].read().decode().strip() for key in ("o/n", "o/d")])
        """;

    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Boto3_ScriptsOfScikitLearn_RunAsOnSageMaker()
    {
        var (started, url) = await ProgramUnderTest.StartServerAsync(_data.Path, TestContext.Current.CancellationToken);
        await using var server = started;

        Assert.Equal("passed", await ClientScript.RunAsync(_data.Path, url, Path.Combine(AppContext.BaseDirectory, "Processing", "processing_client.py")));
    }

    [Fact]
    public async Task Kill9_WhileAJobRuns_TakesItUpAgain()
    {
        var (first, url) = await ProgramUnderTest.StartServerAsync(_data.Path, TestContext.Current.CancellationToken);
        await using var killed = first;
        await ClientScript.RunAsync(_data.Path, url, "-c", Kept, "start");
        killed.Signal(ProgramUnderTest.Kill);

        var (second, newUrl) = await ProgramUnderTest.StartServerAsync(_data.Path, TestContext.Current.CancellationToken);
        await using var restarted = second;

        Assert.Equal("Completed one done", await ClientScript.RunAsync(_data.Path, newUrl, "-c", Kept, "finish"));
    }
}
