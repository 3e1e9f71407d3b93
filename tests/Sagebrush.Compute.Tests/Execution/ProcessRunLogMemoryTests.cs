using System.Diagnostics;

namespace Sagebrush.Compute.Tests.Execution;

/// <summary>A long log is not held in memory. Other tests would have theirs in the same process, so none runs beside this one.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class ProcessRunLogMemoryTests : ProcessExecutorFixture
{
    [Fact]
    public async Task ReadLogAsync_TwoHundredMegabytes_NeitherFillsMemoryNorDisk()
    {
        const int Lines = 200 * 1024;
        var run = await Executor.StartAsync(Python($"import sys\nfor i in range({Lines}): sys.stdout.write('%07d ' % i + 'x' * 1015 + '\\n')", isolated: false), Cancelled);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var expected = 0;
        await foreach (var batch in run.ReadLogAsync(0, Cancelled))
        {
            foreach (var line in batch.Lines)
            {
                Assert.Equal(expected++, int.Parse(line.Text.AsSpan(0, 7), System.Globalization.CultureInfo.InvariantCulture));
            }

            run.ForgetLog(batch.NextPosition);
        }

        Assert.Equal(Lines, expected);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 20 << 20);
        Assert.Equal(Lines * 1024L, new FileInfo(Path.Join(Folder.Run, "log")).Length);
        Assert.InRange(DiskUsage(Path.Join(Folder.Run, "log")), 0, 8 << 20);
    }

    private static long DiskUsage(string path)
    {
        using var du = Process.Start(new ProcessStartInfo("du", ["-B1", path]) { RedirectStandardOutput = true })!;
        return long.Parse(du.StandardOutput.ReadToEnd().Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
