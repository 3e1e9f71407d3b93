using Sagebrush.Testing;
using Sagebrush.Tests.CommandLine;
using Xunit;

namespace Sagebrush.Tests.Server;

public sealed class TransformMemoryTests : IDisposable
{
    private const int Megabytes = 300;

    private const string Script = """
        import boto3, gzip, io, sys, tarfile, time
        s3, sm = boto3.client("s3"), boto3.client("sagemaker")
        code = b"def model_fn(d): return 1\ndef transform_fn(m, body, content_type, accept): return str(len(body)), 'text/plain'\n"
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as tar:
            entry = tarfile.TarInfo("code/inference.py")
            entry.size = len(code)
            tar.addfile(entry, io.BytesIO(code))
        s3.create_bucket(Bucket="models")
        s3.put_object(Bucket="models", Key="model.tar.gz", Body=archive.getvalue())
        megabyte = (b"0.125,0.25,0.5,1.0,2.0,4.0,8.0\n" * 40000)[:(1 << 20) - 1] + b"\n"
        s3.put_object(Bucket="models", Key="in/large.csv.gz", Body=gzip.compress(megabyte, 1) * int(sys.argv[1]))
        sm.create_model(ModelName="m", ExecutionRoleArn="arn:aws:iam::000000000000:role/r", PrimaryContainer=dict(
            Image="683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3", ModelDataUrl="s3://models/model.tar.gz",
            Environment=dict(SAGEMAKER_MODEL_SERVER_WORKERS="1")))
        sm.create_transform_job(TransformJobName="large", ModelName="m",
            TransformInput=dict(DataSource=dict(S3DataSource=dict(S3DataType="S3Prefix", S3Uri="s3://models/in/")), ContentType="text/csv", SplitType="Line", CompressionType="Gzip"),
            TransformOutput=dict(S3OutputPath="s3://models/out", AssembleWith="Line", Accept="text/plain"),
            TransformResources=dict(InstanceType="ml.m5.large", InstanceCount=1))
        while (job := sm.describe_transform_job(TransformJobName="large"))["TransformJobStatus"] == "InProgress":
            time.sleep(0.1)
        assert job["TransformJobStatus"] == "Completed", job
        sizes = [int(line) for line in s3.get_object(Bucket="models", Key="out/large.csv.gz.out")["Body"].read().split()]
        assert max(sizes) <= 6 << 20, sizes
        print(sum(sizes) >> 20)
        """;

    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task TransformJob_FileLargerThanTheHeapMayBe_StreamsThrough()
    {
        // The whole program has less than half the file's size for objects.
        // Large objects get regions of 8 MB of it: with the usual ones of 32 MB, four in all, a payload may find no
        // room between others though most of the heap is free.
        var bounded = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x8000000", ["DOTNET_GCRegionSize"] = "0x100000" };
        var (started, url) = await ProgramUnderTest.StartServerAsync(_data.Path, bounded, TestContext.Current.CancellationToken);
        await using var server = started;

        Assert.Equal($"{Megabytes}", await ClientScript.RunAsync(_data.Path, url, "-c", Script, $"{Megabytes}"));
    }
}
