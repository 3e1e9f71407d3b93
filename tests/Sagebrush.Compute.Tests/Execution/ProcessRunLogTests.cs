using System.Diagnostics;
using Sagebrush.Compute.Execution;

namespace Sagebrush.Compute.Tests.Execution;

public sealed class ProcessRunLogTests : ProcessExecutorFixture
{
    [Fact]
    public async Task ReadLogAsync_WhileTheJobRuns_GivesLinesAsTheyCome()
    {
        var run = await Executor.StartAsync(Shell("echo first; while [ ! -e $PWD/go ]; do sleep 0.01; done; echo second", isolated: false) with { WorkingDirectory = Folder.Contract.Model }, Cancelled);
        List<string> lines = [];
        await foreach (var batch in run.ReadLogAsync(0, Cancelled))
        {
            lines.AddRange(batch.Lines.Select(line => line.Text));
            await File.WriteAllTextAsync(Path.Join(Folder.Contract.Model, "go"), "", Cancelled);
        }

        Assert.Equal(["first", "second"], lines);
    }

    [Fact]
    public async Task ReadLogAsync_FromAPosition_GoesOnThere()
    {
        var run = await Executor.StartAsync(Shell("printf 'one\\ntwo\\nthree'", isolated: false), Cancelled);
        await run.Completion;

        Assert.Equal(["two", "three"], await ReadAsync(run, position: 4));
    }

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

        // Tests beside this one have their memory in the same process: the bound leaves them room, and is far below what the lines would take.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 100 << 20);
        Assert.Equal(Lines * 1024L, new FileInfo(Path.Join(Folder.Run, "log")).Length);
        Assert.InRange(DiskUsage(Path.Join(Folder.Run, "log")), 0, 8 << 20);
    }

    [Fact]
    public async Task ReadLogAsync_MoreThanMayWait_LeavesTheOlderPartOutAndSaysSo()
    {
        using var executor = new ProcessExecutor(TimeProvider.System, new ProcessExecutorOptions { MaxLogBacklogBytes = 1000 });
        var run = await executor.StartAsync(Shell("i=0; while [ $i -lt 1000 ]; do echo line $i; i=$((i+1)); done", isolated: false), Cancelled);
        await run.Completion;

        var lines = await ReadAsync(run);

        Assert.Contains("bytes of output are left out here", lines[0], StringComparison.Ordinal);
        Assert.Equal("line 999", lines[^1]);
        Assert.InRange(lines.Count, 20, 60);
    }

    [Fact]
    public async Task ReadLogAsync_BytesThatAreNotText_AreReplaced()
    {
        var (_, lines) = await RunAsync(Shell(@"printf '\377a\000b\n'; printf 'no end'", isolated: true));

        Assert.Equal(["\uFFFDa\uFFFDb", "no end"], lines);
    }

    [Fact]
    public async Task ReadLogAsync_Cancelled_LeavesTheJobAlone()
    {
        var run = await Executor.StartAsync(Shell("echo ready; while [ ! -e $PWD/go ]; do sleep 0.01; done; exit 6", isolated: false) with { WorkingDirectory = Folder.Contract.Model }, Cancelled);
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var batch in run.ReadLogAsync(0, source.Token))
            {
                await source.CancelAsync();
            }
        });

        await File.WriteAllTextAsync(Path.Join(Folder.Contract.Model, "go"), "", Cancelled);

        Assert.Equal(6, (await run.Completion).ExitCode);
    }

    private static long DiskUsage(string path)
    {
        using var du = Process.Start(new ProcessStartInfo("du", ["-B1", path]) { RedirectStandardOutput = true })!;
        return long.Parse(du.StandardOutput.ReadToEnd().Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
