using Sagebrush.Compute.Containers;
using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Containers;

/// <summary>Containers that were made and never claimed, as by a program that was killed in between.</summary>
[Collection("containers")]
public sealed class ContainerClaimTests(PodmanEngine podman)
{
    [Fact]
    public async Task Start_WhereAContainerOfTheNameWasLeft_ReplacesIt()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var temporary = new TemporaryFolder();
        using var engine = new ContainerEngine(new ContainerOptions { Engine = await podman.SocketAsync(), Owner = temporary.Path });
        var folder = new JobFolder(temporary["job"]);
        Directory.CreateDirectory(folder.Contract.Root);
        var command = new JobCommand
        {
            Folder = folder,
            Container = new JobContainer(PodmanEngine.Image) { Purpose = "claim" },
            Arguments = [],
            Environment = new Dictionary<string, string> { ["SCRIPT"] = "import time; time.sleep(600)" },
            WorkingDirectory = "/",
        };
        using (var killed = new ContainerExecutor(engine, TimeProvider.System))
        {
            await killed.StartAsync(command, cancellation);
        }

        var left = await ContainersAsync();
        foreach (var claim in Directory.GetFiles(temporary.Path, "container*", SearchOption.AllDirectories))
        {
            File.Delete(claim);
        }

        using var executor = new ContainerExecutor(engine, TimeProvider.System);
        var run = await executor.StartAsync(command, cancellation);
        try
        {
            Assert.NotEqual(Assert.Single(left), Assert.Single(await ContainersAsync()));
        }
        finally
        {
            await run.StopAsync(TimeSpan.Zero, CancellationToken.None);
        }

        async Task<string[]> ContainersAsync() =>
            (await podman.RunAsync("ps", "--all", "--quiet", "--no-trunc", "--filter", "label=sagebrush.purpose=claim")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
