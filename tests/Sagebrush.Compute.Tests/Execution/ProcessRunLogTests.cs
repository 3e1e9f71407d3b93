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
}
