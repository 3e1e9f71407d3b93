using System.Diagnostics;

namespace Sagebrush.Compute.Tests.Execution;

/// <summary>The program that started a job is killed; another takes the job up.</summary>
public sealed class RestartTests : ProcessExecutorFixture
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FindAsync_AfterTheProgramWasKilled_TakesTheRunningJobUp(bool isolated)
    {
        await StartAndKillAsync(isolated);

        var run = await Executor.FindAsync(Folder, Cancelled);

        Assert.NotNull(run);
        Assert.False(run.Completion.IsCompleted);
        await PrintedAsync(run, "before");
        await File.WriteAllTextAsync(Path.Join(Folder.Contract.Model, "go"), "", Cancelled);
        Assert.Equal(7, (await run.Completion).ExitCode);
        Assert.Equal(["before", "after"], await ReadAsync(run));
    }

    [Fact]
    public async Task StartAsync_AfterTheProgramWasKilled_DoesNotStartAgain()
    {
        await StartAndKillAsync(isolated: false);
        await File.WriteAllTextAsync(Path.Join(Folder.Contract.Model, "go"), "", Cancelled);

        var run = await Executor.StartAsync(JobStarter.Describe(Executor, Folder.Path, isolated: false), Cancelled);

        Assert.Equal(7, (await run.Completion).ExitCode);
        Assert.Equal(["before", "after"], await ReadAsync(run));
    }

    [Fact]
    public async Task StopAsync_AfterTheProgramWasKilled_EndsTheJob()
    {
        await StartAndKillAsync(isolated: true);

        var run = await Executor.FindAsync(Folder, Cancelled);

        Assert.Equal(143, (await run!.StopAsync(TimeSpan.FromMinutes(2), Cancelled)).ExitCode);
    }

    [Fact]
    public async Task FindAsync_ARunOfAnEarlierBoot_IsLost()
    {
        Directory.CreateDirectory(Folder.Run);
        await File.WriteAllTextAsync(Path.Join(Folder.Run, "started"), $"{Environment.ProcessId} 1 another-boot\n", Cancelled);
        await File.WriteAllTextAsync(Path.Join(Folder.Run, "log"), "last words", Cancelled);

        var run = await Executor.FindAsync(Folder, Cancelled);

        Assert.Null((await run!.Completion).ExitCode);
        Assert.Equal(["last words"], await ReadAsync(run));
    }

    private async Task StartAndKillAsync(bool isolated)
    {
        using var program = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [JobStarter.Command, Folder.Path, isolated.ToString()]) { RedirectStandardOutput = true })!;
        Assert.Equal("started", await program.StandardOutput.ReadLineAsync(Cancelled));
        program.Kill();
        await program.WaitForExitAsync(Cancelled);
    }
}
