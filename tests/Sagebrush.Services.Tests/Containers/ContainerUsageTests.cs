using Sagebrush.Compute.Containers;
using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Containers;

/// <summary>What is told of the processor time and memory of containers.</summary>
[Collection("containers")]
public sealed class ContainerUsageTests(PodmanEngine podman)
{
    private const string Script = """
        import subprocess, sys
        x = bytearray(64 << 20)
        subprocess.Popen([sys.executable, "-c", "x = bytearray(64 << 20); print('ready', flush=True)\nwhile True: pass"]).wait()
        """;

    [Fact]
    public async Task MeasureUsage_OfAContainer_CountsAllOfItsProcessesUntilItHasEnded()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var temporary = new TemporaryFolder();
        using var engine = new ContainerEngine(new ContainerOptions { Engine = await podman.SocketAsync(), Owner = temporary.Path });
        using var executor = new ContainerExecutor(engine, TimeProvider.System);
        var folder = new JobFolder(temporary["job"]);
        Directory.CreateDirectory(folder.Contract.Root);
        var run = await executor.StartAsync(
            new JobCommand
            {
                Folder = folder,
                Container = new JobContainer(PodmanEngine.Image) { Purpose = "usage" },
                Arguments = [],
                Environment = new Dictionary<string, string> { ["SCRIPT"] = Script },
                WorkingDirectory = "/",
            },
            cancellation);
        try
        {
            await foreach (var batch in run.ReadLogAsync(0, cancellation))
            {
                if (batch.Lines.Any(line => line.Text == "ready"))
                {
                    break;
                }
            }

            Assert.Equal(2, run.FindProcesses().Count);
            Assert.InRange(run.MeasureUsage()!.Value.MemoryBytes, 128L << 20, 512L << 20);
            while (run.MeasureUsage()!.Value.Cpu < TimeSpan.FromSeconds(0.5))
            {
                await Task.Delay(20, cancellation);
            }
        }
        finally
        {
            await run.StopAsync(TimeSpan.Zero, CancellationToken.None);
        }

        Assert.Null(run.MeasureUsage());
    }
}
