using System.Globalization;
using System.Security.Cryptography;
using Sagebrush.Compute.Execution;

namespace Sagebrush.Compute.Tests.Execution;

/// <summary>Stopping, and that nothing outlives a job.</summary>
public sealed class ProcessRunStopTests : ProcessExecutorFixture
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StopAsync_AScriptThatHandlesSigTerm_EndsAsItLikes(bool isolated)
    {
        var run = await Executor.StartAsync(
            Python("import signal, sys, time\nsignal.signal(15, lambda *_: (print('saving'), sys.exit(5)))\nprint('ready', flush=True)\ntime.sleep(600)", isolated), Cancelled);
        await PrintedAsync(run, "ready");

        var exit = await run.StopAsync(Long, Cancelled);

        Assert.Equal(5, exit.ExitCode);
        Assert.Contains("saving", await ReadAsync(run));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StopAsync_AScriptThatIgnoresSigTerm_IsKilled(bool isolated)
    {
        var run = await Executor.StartAsync(
            Python("import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint('ready', flush=True)\ntime.sleep(600)", isolated), Cancelled);
        await PrintedAsync(run, "ready");

        var exit = await run.StopAsync(TimeSpan.FromMilliseconds(50), Cancelled);

        Assert.Equal(137, exit.ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StopAsync_RightAfterTheStart_EndsTheJob(bool isolated)
    {
        var run = await Executor.StartAsync(Shell("sleep 600", isolated), Cancelled);

        var exit = await run.StopAsync(Long, Cancelled);

        Assert.NotEqual(0, exit.ExitCode);
    }

    [Fact]
    public async Task StopAsync_AtAnyMomentOfTheRunsPreparation_ReachesTheJob()
    {
        for (var milliseconds = 0; milliseconds < 30; milliseconds++)
        {
            var folder = PrepareFolder($"job-{milliseconds}");
            var run = await Executor.StartAsync(Shell("sleep 600", isolated: true, folder), Cancelled);
            await Task.Delay(milliseconds, Cancelled);

            // A request that only reaches what prepares the run leaves the job to the kill at the end of the grace.
            Assert.Equal(143, (await run.StopAsync(Long, Cancelled)).ExitCode);
        }
    }

    [Fact]
    public async Task StopAsync_AfterTheEnd_TellsTheEnd()
    {
        var run = await Executor.StartAsync(Shell("exit 2", isolated: false), Cancelled);
        await run.Completion;

        Assert.Equal(2, (await run.StopAsync(Long, Cancelled)).ExitCode);
    }

    [Theory]
    [InlineData(true, "sleep 600 & exit 0")]
    [InlineData(false, "sleep 600 & exit 0")]
    [InlineData(true, "setsid sh -c 'sleep 600 & sleep 600' & exit 0")]
    [InlineData(false, "setsid sh -c 'sleep 600 & sleep 600' & exit 0")]
    [InlineData(false, "setsid env -i sh -c 'sleep 600 & sleep 600' & sleep 0.05; exit 0")]
    public async Task Completion_OfAJobThatLeavesChildren_LeavesNone(bool isolated, string script)
    {
        Assert.SkipWhen(
            script.Contains("env -i", StringComparison.Ordinal) && !Executor.Abilities.LimitedBy.Any(), "Without control groups, such children of plain jobs are not found.");

        // An odd duration lets the children be told from those of other tests even when they clear their environment.
        var duration = string.Create(CultureInfo.InvariantCulture, $"600.{RandomNumberGenerator.GetInt32(int.MaxValue)}");
        var run = await Executor.StartAsync(Shell(script.Replace("600", duration, StringComparison.Ordinal), isolated), Cancelled);

        var exit = await run.Completion;

        Assert.Equal(0, exit.ExitCode);
        AssertNoneLeft();
        Assert.DoesNotContain(ProcessEntry.ReadAll(), process => CommandLine(process.Id).Contains(duration, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StopAsync_ATreeOfDaemons_EndsAll(bool isolated)
    {
        const string Script =
            """
            import os, signal, time
            for _ in range(5):
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        signal.signal(15, signal.SIG_IGN)
                        time.sleep(600)
                    os._exit(0)
            print('ready', flush=True)
            time.sleep(600)
            """;
        var run = await Executor.StartAsync(Python(Script, isolated), Cancelled);
        await PrintedAsync(run, "ready");

        await run.StopAsync(TimeSpan.FromMilliseconds(100), Cancelled);

        AssertNoneLeft();
    }

    [Fact]
    public async Task Completion_WhenTheSupervisorIsKilled_EndsTheJobWithoutAnExitCode()
    {
        var run = await Executor.StartAsync(Shell("echo ready; sleep 600", isolated: true), Cancelled);
        await PrintedAsync(run, "ready");
        var supervisor = int.Parse((await File.ReadAllTextAsync(Path.Join(Folder.Run, "started"), Cancelled)).Split(' ')[0], CultureInfo.InvariantCulture);

        Assert.Equal(0, LinuxKernel.Kill(supervisor, LinuxKernel.SigKill));

        Assert.Null((await run.Completion).ExitCode);
        AssertNoneLeft();
    }

    private void AssertNoneLeft()
    {
        var mark = new RunFiles(Folder).Mark;
        Assert.DoesNotContain(ProcessEntry.ReadAll(), process => process.State is not ('Z' or 'X') && process.HasVariable(mark));
    }

    private static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
