using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Sagebrush.Services.Tests.Hosting;

namespace Sagebrush.Services.Tests.Transform;

public sealed class TransformJobTests(HostingFixture fixture)
{
    private const string Rows = "0.1,0.2,0.3\n0.9,0.8,0.7\n0.5,0.5,0.6\n";

    private HostingServer Server => fixture.Server;

    [Fact]
    public async Task TransformJob_SeveralFiles_LeavesAnOutputForEachThatTheEndpointWouldGive()
    {
        await PutAsync("plain/in/a.csv", Rows);
        await PutAsync("plain/in/deeper/b.csv", "0.9,0.8,0.7");

        var printed = await Server.Boto3Async($$"""
            print(deploy("transform-plain", XGBOOST, "{{fixture.XGBoostUrl}}")["EndpointStatus"])
            transform("plain", "transform-plain", "s3://models/plain/in/", "s3://models/plain/out")
            job = transformed("plain")
            print(job["TransformJobStatus"], job["TransformStartTime"] <= job["TransformEndTime"], job["TransformInput"]["CompressionType"])
            print([j["TransformJobName"] for j in sm.list_transform_jobs(NameContains="plain", StatusEquals="Completed")["TransformJobSummaries"]])
            print(invoke("transform-plain", b"{{Rows.Trim().Replace("\n", "\\n", StringComparison.Ordinal)}}")[0].strip())
            """);

        var lines = printed.Trim().Split('\n');
        Assert.Equal(["InService", "Completed True None", "['plain']"], lines[..3]);
        Assert.Equal(string.Join('\n', lines[3..]) + "\n", Get("plain/out/a.csv.out"));
        Assert.Equal(lines[4] + "\n", Get("plain/out/deeper/b.csv.out"));
    }

    [Fact]
    public async Task TransformJob_JoinedAndFilteredByAScript_KeepsIdsBesidePredictions()
    {
        await PutAsync("join/in.csv", "id1,5.1,3.5,1.4,0.2\nid2,6.7,3.0,5.2,2.3\n");

        Assert.Equal("Completed None\n", await Server.Boto3Async($$"""
            model("transform-join", SKLEARN, "{{fixture.ScikitLearnUrl}}", SAGEMAKER_PROGRAM="serve.py", SAGEMAKER_SUBMIT_DIRECTORY="/opt/ml/model/code")
            transform("join", "transform-join", "s3://models/join/in.csv", "s3://models/join/out/", BatchStrategy="SingleRecord",
                      DataProcessing={"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"})
            job = transformed("join")
            print(job["TransformJobStatus"], job.get("FailureReason"))
            """));
        Assert.Equal("id1,0\nid2,2\n", Get("join/out/in.csv.out"));
    }

    [Fact]
    public async Task TransformJob_JsonJoinedByAPath_KeepsWhatThePathsName()
    {
        await PutAsync("json/in.jsonl", "{\"id\":7,\"features\":[1,2,3]}\n{\"id\":8,\"features\":[4,5]}\n");
        var url = await ScriptAsync("json", """
            import json
            def transform_fn(m, body, content_type, accept):
                return "".join(json.dumps({"sum": sum(json.loads(line))}) + chr(10) for line in body.splitlines()), accept
            """);

        Assert.Equal("Completed None\n", await Server.Boto3Async($$"""
            model("transform-json", SKLEARN, "{{url}}", SAGEMAKER_PROGRAM="serve.py", SAGEMAKER_SUBMIT_DIRECTORY="/opt/ml/model/code")
            transform("json", "transform-json", "s3://models/json/in.jsonl", "s3://models/json/out/",
                      TransformInput={"ContentType": "application/jsonlines"}, TransformOutput={"Accept": "application/jsonlines"},
                      DataProcessing={"InputFilter": "$.features", "JoinSource": "Input", "OutputFilter": "$['id','SageMakerOutput']"})
            job = transformed("json")
            print(job["TransformJobStatus"], job.get("FailureReason"))
            """));
        Assert.Equal(
            ["""{"id":7,"SageMakerOutput":{"sum":6}}""", """{"id":8,"SageMakerOutput":{"sum":9}}"""], Get("json/out/in.jsonl.out").Trim().Split('\n'));
    }

    [Theory]
    [InlineData("SingleRecord", "12\n16\n20\n")]
    [InlineData("MultiRecord", "48\n")]
    public async Task TransformJob_RecordIO_SendsWholeRecords(string strategy, string lengths)
    {
        await PutAsync($"recordio/{strategy}.rec", [.. RecordIO(4), .. RecordIO(8), .. RecordIO(10)]);
        var url = await ScriptAsync($"recordio-{strategy}", "def transform_fn(m, body, content_type, accept): return str(len(body)), accept");

        Assert.Equal("Completed None\n", await Server.Boto3Async($$"""
            name = "recordio-{{strategy}}"
            model(name, SKLEARN, "{{url}}", SAGEMAKER_PROGRAM="serve.py", SAGEMAKER_SUBMIT_DIRECTORY="/opt/ml/model/code")
            transform(name, name, "s3://models/recordio/{{strategy}}.rec", "s3://models/recordio/out/", BatchStrategy="{{strategy}}",
                      TransformInput={"ContentType": "application/x-recordio-protobuf", "SplitType": "RecordIO"}, TransformOutput={"Accept": "text/plain"})
            job = transformed(name)
            print(job["TransformJobStatus"], job.get("FailureReason"))
            """));
        Assert.Equal(lengths, Get($"recordio/out/{strategy}.rec.out"));
    }

    [Fact]
    public async Task TransformJob_OneBadFile_FailsNamingItAndKeepsTheOthersOutput()
    {
        await PutAsync("bad/in/a.csv", Rows);
        await PutAsync("bad/in/b.csv", "0.1,0.2,0.3\n0.1,x,0.3\n");

        var printed = await Server.Boto3Async($$"""
            model("transform-bad", XGBOOST, "{{fixture.XGBoostUrl}}")
            transform("bad", "transform-bad", "s3://models/bad/in/", "s3://models/bad/out/")
            job = transformed("bad")
            print(job["TransformJobStatus"], job["FailureReason"])
            """);

        Assert.StartsWith("Failed ClientError: 1 of 2 files could not be transformed; the first: models/bad/in/b.csv: Bad HTTP status received from algorithm: 4", printed, StringComparison.Ordinal);
        Assert.Equal(3, Get("bad/out/a.csv.out").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Null(Server.Objects.FindObject("models", "bad/out/b.csv.out"));
    }

    [Fact]
    public async Task TransformJob_GzipManifestAndCapture_AreReadAndWritten()
    {
        await PutAsync("kinds/in/a.csv.gz", Gzip(Rows));
        await PutAsync("kinds/list.manifest", """[{"prefix": "s3://models/kinds/in/"}, "a.csv.gz"]""");

        Assert.Equal("Completed\n", await Server.Boto3Async($$"""
            model("transform-kinds", XGBOOST, "{{fixture.XGBoostUrl}}")
            transform("kinds", "transform-kinds", "", "s3://models/kinds/out/",
                      TransformInput={"CompressionType": "Gzip", "DataSource": {"S3DataSource": {"S3DataType": "ManifestFile", "S3Uri": "s3://models/kinds/list.manifest"} } },
                      DataCaptureConfig={"DestinationS3Uri": "s3://models/kinds/capture", "GenerateInferenceId": True})
            print(transformed("kinds")["TransformJobStatus"])
            """));
        Assert.All(
            Get("kinds/out/a.csv.gz.out").TrimEnd('\n').Split('\n'),
            line => Assert.Matches(@"^0\.\d+,[0-9a-f-]{36},\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", line));
        var captured = Server.Objects.List(new() { Bucket = "models", Prefix = "kinds/capture/output/" }).Objects;
        using var manifest = JsonDocument.Parse(Get(Assert.Single(captured).Key));
        Assert.Equal("s3://models/kinds/out/", manifest.RootElement[0].GetProperty("prefix").GetString());
        Assert.Equal("a.csv.gz.out", manifest.RootElement[1].GetString());
    }

    [Fact]
    public async Task TransformJob_BadRequests_GetSageMakersErrors()
    {
        var printed = await Server.Boto3Async($$"""
            model("transform-requests", XGBOOST, "{{fixture.XGBoostUrl}}")
            def refused(**more):
                print(error(transform, "refused", more.pop("model", "transform-requests"), "s3://models/x", "s3://models/y", **more)["Error"]["Message"])
            refused(model="nobody")
            refused(BatchStrategy="SingleRecord", TransformInput={"SplitType": "None"})
            refused(MaxPayloadInMB=60, MaxConcurrentTransforms=2)
            refused(DataProcessing={"InputFilter": "$x"})
            refused(DataProcessing={"JoinSource": "Input"}, TransformOutput={"Accept": "application/json"})
            refused(DataProcessing={"JoinSource": "Input"}, TransformOutput={"AssembleWith": "None"})
            transform("empty", "transform-requests", "s3://models/nothing-here/", "s3://models/y")
            print(transformed("empty")["FailureReason"])
            print(error(transform, "empty", "transform-requests", "s3://models/x", "s3://models/y")["Error"]["Code"])
            print(error(sm.stop_transform_job, TransformJobName="empty")["Error"]["Message"])
            print(error(sm.describe_transform_job, TransformJobName="nobody")["Error"]["Message"])
            """);

        Assert.Collection(
            printed.Trim().Split('\n'),
            line => Assert.StartsWith("Could not find model \"arn:aws:sagemaker:us-east-1:000000000000:model/nobody\"", line, StringComparison.Ordinal),
            line => Assert.StartsWith("BatchStrategy SingleRecord needs", line, StringComparison.Ordinal),
            line => Assert.StartsWith("MaxConcurrentTransforms * MaxPayloadInMB must not exceed 100 MB", line, StringComparison.Ordinal),
            line => Assert.StartsWith("DataProcessing.InputFilter: '$x' is no JSONPath", line, StringComparison.Ordinal),
            line => Assert.Contains("ContentType and TransformOutput.Accept must both be", line, StringComparison.Ordinal),
            line => Assert.Contains("SplitType and TransformOutput.AssembleWith must agree", line, StringComparison.Ordinal),
            line => Assert.StartsWith("ClientError: No S3 objects found under S3 URL \"s3://models/nothing-here/\"", line, StringComparison.Ordinal),
            line => Assert.Equal("ResourceInUse", line),
            line => Assert.Contains("is in status Failed", line, StringComparison.Ordinal),
            line => Assert.Equal("Requested resource not found.", line));
    }

    [Fact]
    public async Task StopTransformJob_WhileTheModelThinks_Stops()
    {
        await PutAsync("stop/in.csv", Rows);
        var url = await Server.TrainAsync("stop/model.tar.gz", """
            os.mkdir("code")
            open("code/serve.py", "w").write("import time\ndef model_fn(d): return 1\ndef transform_fn(m, body, a, b):\n    print('thinking', flush=True)\n    time.sleep(600)\n")
            """);

        Assert.Equal("Stopped\n", await Server.Boto3Async($$"""
            model("transform-stop", SKLEARN, "{{url}}", SAGEMAKER_PROGRAM="serve.py", SAGEMAKER_SUBMIT_DIRECTORY="/opt/ml/model/code")
            transform("stop", "transform-stop", "s3://models/stop/in.csv", "s3://models/stop/out/")
            while "TransformStartTime" not in sm.describe_transform_job(TransformJobName="stop"): time.sleep(0.02)
            sm.stop_transform_job(TransformJobName="stop")
            print(transformed("stop")["TransformJobStatus"])
            """));
        Assert.Null(Server.Objects.FindObject("models", "stop/out/in.csv.out"));
    }

    [Fact]
    public async Task TransformJob_ProgramRestarted_GoesOnAndEnds()
    {
        await using var server = await HostingServer.StartAsync();
        var url = await server.TrainAsync("slow/model.tar.gz", """
            os.mkdir("code")
            open("code/serve.py", "w").write("import time\ndef model_fn(d): return 1\ndef transform_fn(m, body, a, b):\n    time.sleep(0.05)\n    return body, 'text/csv'\n")
            """);
        for (var i = 0; i < 40; i++)
        {
            await server.PutAsync($"slow/in/{i:00}.csv", Encoding.UTF8.GetBytes($"{i}\n"));
        }

        await server.Boto3Async($$"""
            model("slow", SKLEARN, "{{url}}", SAGEMAKER_PROGRAM="serve.py", SAGEMAKER_SUBMIT_DIRECTORY="/opt/ml/model/code")
            transform("slow", "slow", "s3://models/slow/in/", "s3://models/slow/out/")
            """);
        await Testing.Eventually.TrueAsync(() => server.Objects.FindObject("models", "slow/out/03.csv.out") is not null, TestContext.Current.CancellationToken);
        var first = server.Objects.FindObject("models", "slow/out/00.csv.out")!.LastModified;
        await server.RestartAsync();

        Assert.Equal("Completed\n", await server.Boto3Async("""print(transformed("slow")["TransformJobStatus"])"""));
        Assert.Equal(first, server.Objects.FindObject("models", "slow/out/00.csv.out")!.LastModified);
        Assert.NotNull(server.Objects.FindObject("models", "slow/out/39.csv.out"));
    }

    /// <summary>An archive of handlers.</summary>
    private Task<string> ScriptAsync(string name, string code) => Server.TrainAsync(
        $"{name}/model.tar.gz", $"os.mkdir('code')\nopen('code/serve.py', 'w').write('''def model_fn(d): return 1\n{code}\n''')");

    /// <summary>A record: its magic number, its length, so many bytes, and what fills the last word.</summary>
    private static byte[] RecordIO(int length) => [0x0A, 0x23, 0xD7, 0xCE, (byte)length, 0, 0, 0, .. new byte[(length + 3) & ~3]];

    private Task<string> PutAsync(string key, string text) => Server.PutAsync(key, Encoding.UTF8.GetBytes(text));

    private Task<string> PutAsync(string key, byte[] bytes) => Server.PutAsync(key, bytes);

    private string Get(string key)
    {
        using var reader = Server.Objects.Open("models", key);
        using var text = new StreamReader(reader.OpenStream(0, reader.Info.Size));
        return text.ReadToEnd();
    }

    private static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionMode.Compress))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }
}
