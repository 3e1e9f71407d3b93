using System.Text;
using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;
using Sagebrush.Testing;

namespace Sagebrush.Compute.Tests.Execution;

/// <summary>Real processes, each rule with and without isolation (where the machine can isolate).</summary>
public sealed class ProcessExecutorTests : ProcessExecutorFixture
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StartAsync_ACommand_TellsItsOutputAndExitCode(bool isolated)
    {
        var (exit, lines) = await RunAsync(Shell("echo out; echo err >&2; exit 3", isolated));

        Assert.Equal(3, exit.ExitCode);
        Assert.False(exit.OutOfMemory);
        Assert.Equal(["out", "err"], lines);
        Assert.True(exit.EndedAt >= exit.StartedAt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StartAsync_ACommandThatDiesOfASignal_TellsTheSignal(bool isolated)
    {
        var (exit, _) = await RunAsync(Shell("kill -SEGV $$", isolated));

        Assert.Equal(128 + 11, exit.ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StartAsync_ACommandThatDoesNotExist_FailsAsInAShell(bool isolated)
    {
        var (exit, lines) = await RunAsync(Shell("", isolated) with { Arguments = ["/no/such/program"] });

        Assert.Equal(127, exit.ExitCode);
        Assert.Contains("/no/such/program", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StartAsync_AnyEnvironment_ArrivesUnchangedAndAlone(bool isolated)
    {
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY_OF_TEST", "secret");
        var given = new Dictionary<string, string>
        {
            ["SM_HP_LEARNING-RATE"] = "0.1",
            ["WILD"] = "a'b\"c$HOME `x` \\ \n*;|&",
            ["EMPTY"] = "",
            ["ÜMLAUT"] = "größe 😀",
        };

        var (_, lines) = await RunAsync(Python("import os, json; print(json.dumps(dict(os.environ)))", isolated) with { Environment = given });

        var seen = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(Assert.Single(lines))!;
        Assert.All(given, pair => Assert.Equal(pair.Value, seen[pair.Key]));
        Assert.Empty(seen.Keys.Except(given.Keys).Except(["PATH", "TMPDIR", "HOME", "USER", "LOGNAME", "SAGEBRUSH_RUN", "PWD", "LC_CTYPE"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StartAsync_AnyArguments_ArriveUnchanged(bool isolated)
    {
        string[] arguments = ["", " ", "a b", "it's", "$HOME", "\"", "-n", "größe", "line\nline", "*", "\\"];

        var (_, lines) = await RunAsync(
            Python("", isolated) with { Arguments = ["/usr/bin/python3", "-c", "import sys, json; print(json.dumps(sys.argv[1:]))", .. arguments] });

        Assert.Equal(arguments, System.Text.Json.JsonSerializer.Deserialize<string[]>(Assert.Single(lines)));
    }

    [Fact]
    public async Task StartAsync_Isolated_SeesItsFolderAsOptMl()
    {
        Assert.SkipUnless(Executor.Abilities.Isolation != IsolationMode.None, "This machine cannot isolate jobs.");
        var paths = Executor.PathsSeenBy(Folder, isolated: true);
        Assert.Equal("/opt/ml", paths.Root);

        var (exit, lines) = await RunAsync(Shell("pwd; echo model >model/m; hostname; getent hosts algo-1; ls /proc | grep -c '^[0-9]'", isolated: true) with { WorkingDirectory = "/opt/ml" });

        Assert.Equal(0, exit.ExitCode);
        Assert.Equal("/opt/ml", lines[0]);
        Assert.Equal("algo-1", lines[1]);
        Assert.StartsWith("127.0.0.1", lines[2], StringComparison.Ordinal);
        Assert.InRange(int.Parse(lines[3], System.Globalization.CultureInfo.InvariantCulture), 1, 6);
        Assert.Equal("model\n", await File.ReadAllTextAsync(Path.Join(Folder.Contract.Model, "m"), Cancelled));
        Assert.False(File.Exists("/opt/ml/model/m"));
    }

    [Fact]
    public async Task StartAsync_Plain_SeesItsFolderWhereItIs()
    {
        var paths = Executor.PathsSeenBy(Folder, isolated: false);

        var (_, lines) = await RunAsync(Shell("pwd", isolated: false) with { WorkingDirectory = paths.Model });

        Assert.Equal([Folder.Contract.Model], lines);
    }

    [Fact]
    public async Task StartAsync_IsolatedAsRoot_LosesRights()
    {
        Assert.SkipUnless(Executor.Abilities.DropsPrivileges, "Needs root and setpriv.");

        var (exit, _) = await RunAsync(Shell("mount -t tmpfs none /mnt", isolated: true));

        Assert.NotEqual(0, exit.ExitCode);
    }

    [Fact]
    public async Task StartAsync_Twice_RunsOnce()
    {
        var command = Shell("echo once", isolated: false);
        var first = await Executor.StartAsync(command, Cancelled);
        await first.Completion;

        var second = await Executor.StartAsync(command, Cancelled);

        Assert.Equal(await first.Completion, await second.Completion);
        Assert.Equal(["once"], await ReadAsync(second));
    }

    [Fact]
    public async Task StartAsync_AtTheSameTime_RunsOnce()
    {
        var command = Shell("echo once; sleep 0.2", isolated: false);

        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await Executor.StartAsync(command, Cancelled), Cancelled)));

        var exits = await Task.WhenAll(runs.Select(run => run.Completion));
        Assert.All(exits, exit => Assert.Equal(0, exit.ExitCode));
        Assert.Equal(["once"], await ReadAsync(runs[0]));
    }

    [Fact]
    public async Task FindAsync_AFolderWithoutARun_IsNull() => Assert.Null(await Executor.FindAsync(Folder, Cancelled));

    [Fact]
    public async Task StartAsync_MoreMemoryThanAllowed_IsToldApart()
    {
        Assert.SkipUnless(Executor.Abilities.LimitedBy.Contains("memory"), "This user may not limit memory.");

        var (exit, _) = await RunAsync(
            Python("x = bytearray(400 << 20); print(len(x))", isolated: true) with { Limits = new JobLimits(null, 100 << 20, 100) });

        Assert.True(exit.OutOfMemory);
        Assert.Equal(137, exit.ExitCode);
    }

    [Fact]
    public async Task StartAsync_FiftyShortJobs_AllEnd()
    {
        using var temporary = new TemporaryFolder();
        var runs = await Task.WhenAll(Enumerable.Range(0, 50).Select(async job =>
            await Executor.StartAsync(Shell($"exit {job}", isolated: job % 2 == 0, new JobFolder(temporary[$"job-{job}"])), Cancelled)));

        var exits = await Task.WhenAll(runs.Select(run => run.Completion));

        Assert.Equal(Enumerable.Range(0, 50), exits.Select(exit => exit.ExitCode!.Value));
    }

    [Fact]
    public async Task PathsSeenBy_WithoutIsolation_IsTheFolder()
    {
        using var plain = new ProcessExecutor(TimeProvider.System, new ProcessExecutorOptions { AllowIsolation = false, AllowControlGroups = false });
        Assert.Equal(Folder.Contract, plain.PathsSeenBy(Folder, isolated: true));
        Assert.Empty(plain.Abilities.LimitedBy);

        var run = await plain.StartAsync(Shell("exit 4", isolated: true), Cancelled);

        Assert.Equal(4, (await run.Completion).ExitCode);
    }

    [Fact]
    public async Task StartAsync_AVariableWithANul_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Executor.StartAsync(
            Shell("true", isolated: false) with { Environment = new Dictionary<string, string> { ["A"] = Encoding.UTF8.GetString([0]) } }, Cancelled));
}
