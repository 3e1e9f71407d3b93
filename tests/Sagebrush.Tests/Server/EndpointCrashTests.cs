using System.Globalization;
using Sagebrush.Testing;
using Sagebrush.Tests.CommandLine;
using Xunit;

namespace Sagebrush.Tests.Server;

public sealed class EndpointCrashTests : IDisposable
{
    private const string Script = """
        import boto3, io, sys, tarfile, time
        sm, rt = boto3.client("sagemaker"), boto3.client("sagemaker-runtime")
        code = b"import os\ndef model_fn(d): return 1\ndef transform_fn(m, body, content_type, accept): return str(os.getpid()), 'text/plain'\n"
        if sys.argv[1] == "deploy":
            archive = io.BytesIO()
            with tarfile.open(fileobj=archive, mode="w:gz") as tar:
                entry = tarfile.TarInfo("code/serve.py")
                entry.size = len(code)
                tar.addfile(entry, io.BytesIO(code))
            s3 = boto3.client("s3")
            s3.create_bucket(Bucket="models")
            s3.put_object(Bucket="models", Key="model.tar.gz", Body=archive.getvalue())
            sm.create_model(ModelName="m", ExecutionRoleArn="arn:aws:iam::000000000000:role/r", PrimaryContainer=dict(
                Image="683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1", ModelDataUrl="s3://models/model.tar.gz", Environment=dict(SAGEMAKER_PROGRAM="serve.py")))
            sm.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[
                dict(VariantName="A", ModelName="m", InstanceType="ml.m5.large", InitialInstanceCount=1)])
            sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
        while True:
            status = sm.describe_endpoint(EndpointName="e")["EndpointStatus"]
            assert status in ("Creating", "InService"), status
            try:
                print(rt.invoke_endpoint(EndpointName="e", Body=b"x")["Body"].read().decode())
                break
            except rt.exceptions.ValidationError:
                time.sleep(0.05)
        """;

    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Kill9_EndpointWithWorkers_LeavesNoWorkerAndComesBack()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var (first, url) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
        await using var killed = first;
        var worker = int.Parse(await AskAsync(url, "deploy"), CultureInfo.InvariantCulture);
        Assert.True(IsRunning(worker));

        killed.Signal(ProgramUnderTest.Kill);

        await Eventually.TrueAsync(() => !IsRunning(worker), cancellationToken);
        var (second, newUrl) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
        await using var restarted = second;
        var successor = int.Parse(await AskAsync(newUrl, "again"), CultureInfo.InvariantCulture);
        Assert.NotEqual(worker, successor);

        restarted.Signal(ProgramUnderTest.Terminate);
        Assert.Equal(0, (await restarted.EndAsync(cancellationToken)).ExitCode);
        await Eventually.TrueAsync(() => !IsRunning(successor), cancellationToken);
    }

    private Task<string> AskAsync(Uri url, string step) => ClientScript.RunAsync(_data.Path, url, "-c", Script, step);

    /// <summary>A worker nobody reaps yet is a zombie, which is as good as gone.</summary>
    private static bool IsRunning(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
