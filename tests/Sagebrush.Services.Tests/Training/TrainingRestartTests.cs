using System.Diagnostics;
using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Training;

/// <summary>Jobs that outlive the program, and jobs that wait for each other.</summary>
public sealed class TrainingRestartTests : TrainingTestBase
{
    // Waits for a file beside its model, by the path it has outside or inside.
    private const string Waiting =
        """
        import os, time
        print('before', flush=True)
        while not os.path.exists(os.environ['SM_MODEL_DIR'] + '/go'):
            time.sleep(0.01)
        print('after', flush=True)
        """;

    protected override ComputeResources? Capacity => new(2, 16L << 30, 0);

    [Fact]
    public async Task Restart_WhileAJobTrains_GoesOnWithIt()
    {
        await CreateAsync(await ScriptAsync("survivor", Waiting));
        await PrintedAsync("survivor", "before");

        await RestartAsync();
        Go();

        var job = await EndedAsync("survivor");
        Assert.Equal(TrainingJobStatus.Completed, job.TrainingJobStatus);
        Assert.Equal(["before", "after"], (await LogAsync("survivor")).Where(line => line is "before" or "after"));
        Assert.Equal(["Starting", "Downloading", "Training", "Uploading", "Completed"], job.SecondaryStatusTransitions!.Select(step => step.Status));
        Assert.Contains("go", (await ArtifactAsync("survivor")).Keys);
    }

    [Fact]
    public async Task Kill_WhileAJobTrains_GoesOnWithItAfterTheNextStart()
    {
        var request = await ScriptAsync("orphan", Waiting);

        // The server of the test only stores the wish; the one that is killed starts the job.
        await Server.DisposeAsync();
        Server = new TrainingServer(Directory, Capacity);
        await CreateAsync(request);
        await Server.DisposeAsync();
        using (var program = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [TrainingServer.RunServer, Directory]))!)
        {
            await Eventually.TrueAsync(() => JobFolders().Any(folder => File.Exists(Path.Join(folder, "run", "progress.json"))), Cancelled);
            program.Kill();
            await program.WaitForExitAsync(Cancelled);
        }

        Server = new TrainingServer(Directory, Capacity);
        Server.Start();
        Go();

        var job = await EndedAsync("orphan");
        Assert.Equal(TrainingJobStatus.Completed, job.TrainingJobStatus);
        Assert.Single(await LogAsync("orphan"), "after");
        Assert.Contains("go", (await ArtifactAsync("orphan")).Keys);
    }

    [Fact]
    public async Task Kill_AgainAndAgain_TheJobRunsOnceAndEndsWhole()
    {
        const int Lines = 40;
        await PutAsync("data/rows.csv", "1,2\n");
        var request = await ScriptAsync(
            "unkillable",
            $"""
            import os, time
            with open(os.environ['SM_MODEL_DIR'] + '/starts', 'a') as starts:
                starts.write('x')
            for i in range({Lines}):
                print('line', i, flush=True)
                time.sleep(0.02)
            """);
        request.InputDataConfig = [Input("train", $"s3://{Bucket}/data/")];
        await Server.DisposeAsync();
        Server = new TrainingServer(Directory, Capacity);
        await CreateAsync(request);
        await Server.DisposeAsync();

        // Each time a little later: while it stages, starts, follows, uploads.
        for (var delay = 100; delay <= 700; delay += 100)
        {
            using var program = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [TrainingServer.RunServer, Directory]))!;
            await Task.Delay(delay, Cancelled);
            program.Kill();
            await program.WaitForExitAsync(Cancelled);
        }

        Server = new TrainingServer(Directory, Capacity);
        Server.Start();
        var job = await EndedAsync("unkillable");

        Assert.Equal(TrainingJobStatus.Completed, job.TrainingJobStatus);
        Assert.Equal(["Starting", "Downloading", "Training", "Uploading", "Completed"], job.SecondaryStatusTransitions!.Select(step => step.Status));
        Assert.Equal("x", (await ArtifactAsync("unkillable"))["starts"]);
        var lines = (await LogAsync("unkillable")).Where(line => line.StartsWith("line ", StringComparison.Ordinal)).Distinct();
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => $"line {i}"), lines);
    }

    [Fact]
    public async Task Create_MoreThanTheMachineHolds_WaitsVisiblyAndInOrder()
    {
        await CreateAsync(await ScriptAsync("first", Waiting));
        await PrintedAsync("first", "before");
        await CreateAsync(await ScriptAsync("second", "print('my turn')"));
        await CreateAsync(await ScriptAsync("third", "print('never')"));
        await Eventually.TrueAsync(
            async () => (await DescribeAsync("second")).SecondaryStatusTransitions![^1].StatusMessage == "Preparing the instances for training: waiting for 2 vCPU", Cancelled);
        await Eventually.TrueAsync(() => Server.Queue.WaitingCount == 2, Cancelled);

        await StopAsync("third");
        var third = await EndedAsync("third");
        Assert.Equal((TrainingJobStatus.Stopped, null), (third.TrainingJobStatus, third.TrainingStartTime));
        Assert.Equal(SecondaryStatus.Starting, (await DescribeAsync("second")).SecondaryStatus);

        await RestartAsync();
        Assert.Equal(SecondaryStatus.Starting, (await DescribeAsync("second")).SecondaryStatus);
        Go();
        Assert.Equal(TrainingJobStatus.Completed, (await EndedAsync("first")).TrainingJobStatus);
        Assert.Equal(TrainingJobStatus.Completed, (await EndedAsync("second")).TrainingJobStatus);
        Assert.Contains("my turn", await LogAsync("second"));
    }

    private string[] JobFolders() => System.IO.Directory.Exists(Path.Join(Directory, "jobs")) ? [.. System.IO.Directory.GetDirectories(Path.Join(Directory, "jobs")).SelectMany(job => System.IO.Directory.GetDirectories(job, "algo-*"))] : [];

    private void Go()
    {
        foreach (var model in JobFolders().Select(folder => Path.Join(folder, "ml", "model")).Where(System.IO.Directory.Exists))
        {
            File.WriteAllText(Path.Join(model, "go"), "");
        }
    }
}
