using System.Net;
using System.Net.Sockets;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Training;

/// <summary>Models that find no room on the server's disk.</summary>
public sealed class FullDiskTests : TrainingTestBase
{
    [Fact]
    public async Task Upload_ADiskThatIsFullForAWhile_LosesNoModel()
    {
        var request = await ScriptAsync("squeezed", "import os; open(os.environ['SM_MODEL_DIR'] + '/weights', 'w').write('precious')");
        var refused = 0;
        await Server.DisposeAsync();
        Server = new TrainingServer(Directory, Capacity, wrapObjects: store => FullDisk.Wrap(store, () => Interlocked.Increment(ref refused) <= 1));
        Server.Start();

        var job = await RunAsync(request);

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.True(refused > 1);
        Assert.Equal("precious", (await ArtifactAsync("squeezed"))["weights"]);
    }

    [Fact]
    public async Task Upload_ADiskThatOthersFillMeanwhile_LosesNoModel()
    {
        using var disk = SmallDisk.TryMake(192);
        Assert.SkipWhen(disk is null, "Only root can mount a small disk.");
        await Server.DisposeAsync();
        var refused = 0;
        Server = new TrainingServer(Path.Join(disk.Path, "data"), Capacity, wrap: store => CrampedStore.Wrap(store, () => Interlocked.Increment(ref refused)));
        await Server.Objects.CreateBucketAsync(Bucket, Context.AccountId, Context.Region, Cancelled);
        Server.Start();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var request = await ScriptAsync("crowded", $"""
            import os, socket
            with open(os.environ["SM_MODEL_DIR"] + "/weights", "wb") as file:
                file.write(b"precious" * 1000000)
            socket.create_connection(("127.0.0.1", {((IPEndPoint)listener.LocalEndpoint).Port})).recv(1)
            """);
        await CreateAsync(request);
        using (var script = await listener.AcceptSocketAsync(Cancelled))
        {
            disk.Fill();
            await script.SendAsync(new byte[1], Cancelled);
        }

        // More often than a fault of another kind would be tried again.
        await Eventually.TrueAsync(() => Volatile.Read(ref refused) > 6, Cancelled);
        disk.Empty();
        var job = await EndedAsync("crowded");

        Assert.True(job.TrainingJobStatus == TrainingJobStatus.Completed, job.FailureReason);
        Assert.Equal(8_000_000, (await ArtifactAsync("crowded"))["weights"].Length);
    }
}
