using Sagebrush.Contracts.SageMaker;

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
}
