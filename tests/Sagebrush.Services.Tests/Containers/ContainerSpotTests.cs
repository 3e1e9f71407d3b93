using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Tests.Training;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Containers;

/// <summary>Spot jobs of images of one's own.</summary>
[Collection("containers")]
public sealed class ContainerSpotTests(PodmanEngine podman) : TrainingTestBase
{
    protected override ComputeResources? Capacity => new(2, 16L << 30, 0);

    private protected override async Task<string?> EngineAsync() => await podman.SocketAsync();

    [Fact]
    public async Task Interrupted_AContainer_ResumesFromItsCheckpoint()
    {
        await CreateAsync(Spot(Request("patient", PodmanEngine.Image, new()
        {
            ["script"] =
                """
                import os, signal, sys, time
                place = "/opt/ml/checkpoints/count"
                count = int(open(place).read()) if os.path.exists(place) else 0
                def save(*_):
                    open(place, "w").write(str(count + 1))
                    print("saved", count + 1, flush=True)
                    sys.exit(0)
                signal.signal(signal.SIGTERM, save)
                print("start", count, flush=True)
                while count < 1:
                    time.sleep(0.02)
                open("/opt/ml/model/count", "w").write(str(count))
                """,
        })));
        await PrintedAsync("patient", "start 0");

        await CreateAsync(Request("urgent", PodmanEngine.Image, new() { ["script"] = "import time; time.sleep(0.3)" }));

        await Eventually.TrueAsync(async () => (await DescribeAsync("patient")).SecondaryStatus == SecondaryStatus.Interrupted, Cancelled);
        Assert.Equal(TrainingJobStatus.Completed, (await EndedAsync("urgent")).TrainingJobStatus);
        var job = await EndedAsync("patient");
        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Equal(["start 0", "saved 1", "start 1"], await LogAsync("patient"));
        Assert.Equal("1", (await ArtifactAsync("patient"))["count"]);
    }
}
