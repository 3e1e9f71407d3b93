using System.Diagnostics;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Tests.Training;

/// <summary>The program dies at every transition of a job's life, just before it is stored or just after; each life brings the job one transition further.</summary>
public sealed class TransitionTests : TrainingTestBase
{
    // More than a job has transitions: a job that never ends shall not keep the test for ever.
    private const int MostLives = 20;

    [Theory]
    [InlineData("before", 1)]
    [InlineData("after", 1)]
    [InlineData("after", 2)]
    public async Task Kill_AtEachTransition_TheJobRunsOnceAndEndsWhole(string death, int hosts)
    {
        await PutAsync("data/rows.csv", "1,2\n");
        await PutAsync("checkpoints/earlier", "x");
        var request = await ScriptAsync(
            "mortal",
            """
            import os
            me = os.environ['SM_CURRENT_HOST']
            with open(os.environ['SM_MODEL_DIR'] + '/' + me, 'a') as starts:
                starts.write('x')
            open(os.path.dirname(os.environ['SM_MODEL_DIR']) + '/checkpoints/' + me, 'w').write('kept')
            print('line of', me)
            """);
        request.InputDataConfig = [Input("train", $"s3://{Bucket}/data/")];
        request.CheckpointConfig = new CheckpointConfig { S3Uri = $"s3://{Bucket}/checkpoints" };
        request.ResourceConfig!.InstanceCount = hosts;
        await Server.DisposeAsync();
        Server = new TrainingServer(Directory);
        await CreateAsync(request);
        await Server.DisposeAsync();

        var lives = 0;
        for (var ended = false; !ended && lives < MostLives; lives++)
        {
            using var program = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [TrainingServer.RunServer, Directory, death]))!;
            await program.WaitForExitAsync(Cancelled);
            ended = program.ExitCode == 0;
        }

        Server = new TrainingServer(Directory);
        Server.Start();
        var job = await EndedAsync("mortal");
        Assert.Null(job.FailureReason);
        string[] transitions = ["Starting", "Downloading", "Training", "Uploading", "Completed"];
        Assert.Equal(transitions, job.SecondaryStatusTransitions!.Select(step => step.Status));
        Assert.InRange(lives, transitions.Length - 1, MostLives - 1);
        var names = Enumerable.Range(1, hosts).Select(host => $"algo-{host}").ToList();
        var model = await ArtifactAsync("mortal");
        Assert.Equal(names, model.Keys.Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal("x", model[name]));
        Assert.All(names, name => Assert.NotNull(Server.Objects.FindObject(Bucket, $"checkpoints/{name}")));
        Assert.Equal(names.Select(name => $"line of {name}"), (await LogAsync("mortal")).Where(line => line.StartsWith("line", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));
    }
}
