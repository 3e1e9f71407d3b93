using Sagebrush.Testing;
using Sagebrush.Tests.CommandLine;
using Xunit;

namespace Sagebrush.Tests.Server;

public sealed class AsyncInferenceCrashTests : IDisposable
{
    private const int Requests = 40;

    private const string Script = """
        import boto3, io, json, sys, tarfile, time
        s3, sm, rt = (boto3.client(name) for name in ("s3", "sagemaker", "sagemaker-runtime"))
        code = b"import time\ndef model_fn(d): return 1\ndef transform_fn(m, body, content_type, accept):\n    time.sleep(0.05)\n    return 'answer to ' + body, 'text/plain'\n"
        def outputs():
            return {item["Key"] for item in s3.list_objects_v2(Bucket="models", Prefix="out/").get("Contents", [])}
        if sys.argv[1] == "ask":
            archive = io.BytesIO()
            with tarfile.open(fileobj=archive, mode="w:gz") as tar:
                entry = tarfile.TarInfo("code/inference.py")
                entry.size = len(code)
                tar.addfile(entry, io.BytesIO(code))
            s3.create_bucket(Bucket="models")
            s3.put_object(Bucket="models", Key="model.tar.gz", Body=archive.getvalue())
            sm.create_model(ModelName="m", ExecutionRoleArn="arn:aws:iam::000000000000:role/r", PrimaryContainer=dict(
                Image="683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3", ModelDataUrl="s3://models/model.tar.gz", Environment=dict(SAGEMAKER_MODEL_SERVER_WORKERS="1")))
            sm.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[
                dict(VariantName="A", ModelName="m", InstanceType="ml.m5.large", InitialInstanceCount=1)],
                AsyncInferenceConfig=dict(OutputConfig=dict(S3OutputPath="s3://models/out"), ClientConfig=dict(MaxConcurrentInvocationsPerInstance=1)))
            sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
            sm.get_waiter("endpoint_in_service").wait(EndpointName="e", WaiterConfig=dict(Delay=1))
            places = []
            for i in range(int(sys.argv[2])):
                s3.put_object(Bucket="models", Key=f"in/{i}", Body=str(i))
                places.append(rt.invoke_endpoint_async(EndpointName="e", InputLocation=f"s3://models/in/{i}", ContentType="text/csv")["OutputLocation"])
            s3.put_object(Bucket="models", Key="places", Body=json.dumps(places))
            while not outputs():
                time.sleep(0.01)
            print(len(outputs()))
        else:
            places = json.loads(s3.get_object(Bucket="models", Key="places")["Body"].read())
            wanted = {place[len("s3://models/"):] for place in places}
            deadline = time.time() + 60
            while outputs() != wanted and time.time() < deadline:
                time.sleep(0.05)
            assert outputs() == wanted, (len(outputs()), len(wanted))
            for i, place in enumerate(places):
                assert s3.get_object(Bucket="models", Key=place[len("s3://models/"):])["Body"].read() == b"answer to %d" % i
            print(len(wanted))
        """;

    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Kill9_RequestsInTheQueue_AreAllAnsweredAfterTheNextStart()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var (first, url) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
        await using var killed = first;
        var answered = int.Parse(await AskAsync(url, "ask"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(answered, 1, Requests - 1);

        killed.Signal(ProgramUnderTest.Kill);

        var (second, newUrl) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
        await using var restarted = second;
        Assert.Equal($"{Requests}", await AskAsync(newUrl, "collect"));
    }

    private Task<string> AskAsync(Uri url, string step) => ClientScript.RunAsync(_data.Path, url, "-c", Script, step, $"{Requests}");
}
