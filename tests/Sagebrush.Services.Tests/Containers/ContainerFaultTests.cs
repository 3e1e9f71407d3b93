using System.Diagnostics;
using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Processing;
using Sagebrush.Services.Tests.Training;
using Sagebrush.State.Logs;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Containers;

/// <summary>Programs that are killed while their containers run, and processing jobs of images.</summary>
[Collection("containers")]
public sealed class ContainerFaultTests(PodmanEngine podman) : TrainingTestBase
{
    protected override ComputeResources? Capacity => new(4, 16L << 30, 0);

    private protected override async Task<string?> EngineAsync() => await podman.SocketAsync();

    [Fact]
    public async Task Kill_AtEachStep_TheContainerRunsOnceAndIsRemoved()
    {
        const int Lines = 60;
        await PutAsync("data/rows.csv", "1,2\n");
        await Server.DisposeAsync();
        Server = new TrainingServer(Directory, Capacity, engine: await EngineAsync());
        await CreateAsync(Request(
            "unkillable",
            PodmanEngine.Image,
            new()
            {
                ["script"] = $"""
                    import time
                    open("/opt/ml/model/starts", "a").write("x")
                    for i in range({Lines}):
                        print("line", i)
                        time.sleep(0.02)
                    """,
            },
            ("train", "data")));
        await Server.DisposeAsync();

        // It dies at each change of the job's document, on either side; then at moments in between.
        for (var step = 0; step < 12; step++)
        {
            string[] death = step % 3 == 2 ? [] : [step % 3 == 0 ? "after" : "before"];
            var start = new ProcessStartInfo(Environment.ProcessPath!, [TrainingServer.RunServer, Directory, .. death]);
            start.Environment[TrainingServer.Engine] = await EngineAsync();
            using var program = Process.Start(start)!;
            try
            {
                await program.WaitForExitAsync(Cancelled).WaitAsync(TimeSpan.FromMilliseconds(death.Length == 0 ? 700 : 5000), Cancelled);
            }
            catch (TimeoutException)
            {
                // It did not die by itself.
            }

            program.Kill();
            await program.WaitForExitAsync(Cancelled);
        }

        Server = new TrainingServer(Directory, Capacity, engine: await EngineAsync());
        Server.Start();
        var job = await EndedAsync("unkillable");

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Equal("x", (await ArtifactAsync("unkillable"))["starts"]);
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => $"line {i}"), (await LogAsync("unkillable")).Distinct());
        Assert.Empty(await podman.RunAsync("ps", "--all", "--quiet", "--filter", "label=sagebrush.purpose=training-job/unkillable/algo-1"));
    }

    [Fact]
    public async Task Pull_ThatBreaksOffInTheMidst_IsTakenUpAgain()
    {
        await using var registry = new FailingRegistry(podman.Registry, await podman.SaveAnotherAsync(), breaks: 2);

        var job = await RunAsync(Request("broken-pull", registry.Image, new() { ["script"] = "print('pulled')" }));

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Contains("pulled", await LogAsync("broken-pull"));
        Assert.Equal(3, registry.Layers);
    }

    [Fact]
    public async Task Process_AnImage_SeesItsInputsAndLeavesItsOutputs()
    {
        await PutAsync("rows/a.csv", "1,2");
        var request = new CreateProcessingJobRequest
        {
            ProcessingJobName = "rework",
            RoleArn = Role,
            AppSpecification = new AppSpecification { ImageUri = PodmanEngine.Image, ContainerArguments = ["more"] },
            Environment = new()
            {
                ["SCRIPT"] = """
                    import json, sys
                    job = json.load(open("/opt/ml/config/processingjobconfig.json"))
                    host = json.load(open("/opt/ml/config/resourceconfig.json"))["current_host"]
                    rows = open("/opt/ml/processing/input/rows/a.csv").read()
                    open("/opt/ml/processing/output/result.txt", "w").write(" ".join([job["ProcessingJobName"], host, rows, *sys.argv[1:]]))
                    print("done")
                    """,
            },
            ProcessingInputs = [new() { InputName = "rows", S3Input = new() { S3Uri = $"s3://{Bucket}/rows/", LocalPath = "/opt/ml/processing/input/rows", S3DataType = "S3Prefix", S3InputMode = "File" } }],
            ProcessingOutputConfig = new() { Outputs = [new() { OutputName = "out", S3Output = new() { S3Uri = $"s3://{Bucket}/result", LocalPath = "/opt/ml/processing/output", S3UploadMode = "EndOfJob" } }] },
            ProcessingResources = new() { ClusterConfig = new() { InstanceCount = 1, InstanceType = "ml.m5.large", VolumeSizeInGB = 1 } },
        };
        var jobs = new ProcessingCapability(Server.Store, TimeProvider.System);
        await new CreateProcessingJobOperation(Server.Store, TimeProvider.System).InvokeAsync(request, Context, Cancelled);
        DescribeProcessingJobResponse job = null!;
        await Eventually.TrueAsync(
            async () =>
            {
                job = await jobs.DescribeAsync(new() { ProcessingJobName = "rework" }, Context, Cancelled);
                return job.ProcessingJobStatus != ProcessingJobStatus.InProgress;
            },
            Cancelled);

        Assert.True(job.ProcessingJobStatus == ProcessingJobStatus.Completed, job.FailureReason);
        using var output = Server.Objects.Open(Bucket, "result/result.txt");
        using var reader = new StreamReader(output.OpenStream(0, output.Info.Size));
        Assert.Equal("rework algo-1 1,2 more", await reader.ReadToEndAsync(Cancelled));
        var group = new LogGroupKey(Context.AccountId, Context.Region, "/aws/sagemaker/ProcessingJobs");
        Assert.Single((await Server.Logs.ListStreamsAsync(new LogStreamQuery { Group = group, Prefix = "rework/algo-1" }, Cancelled))!.Streams);
    }
}
