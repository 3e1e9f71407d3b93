using System.Globalization;
using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;
using Sagebrush.Testing;

namespace Sagebrush.Compute.Tests.Execution;

/// <summary>What isolated jobs must not see, do or leave behind.</summary>
public sealed class IsolationTests : IDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _beside = TemporaryFolder.Outside("/var/tmp");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _data.Dispose();
        _beside.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StartAsync_AJobThatLooksForTheData_FindsNothing(bool belowTmp)
    {
        var data = belowTmp ? _data.Path : _beside.Path;
        using var executor = Executor(data);
        var secret = Path.Join(data, "credentials.json");
        await File.WriteAllTextAsync(secret, "top secret", Cancelled);

        var (exit, lines) = await RunAsync(executor, data, $"cat {secret}; ls -A {data} | wc -l; ls / >/dev/null && echo alive; cat /proc/*/environ 2>/dev/null | grep -c credentials");

        Assert.DoesNotContain(lines, line => line.Contains("top secret", StringComparison.Ordinal));
        Assert.Contains("0", lines);
        Assert.Contains("alive", lines);
        Assert.Equal(1, exit.ExitCode);
        Assert.Equal("top secret", await File.ReadAllTextAsync(secret, Cancelled));
    }

    [Fact]
    public async Task StartAsync_AsRoot_IsAUserOfItsOwnWithoutRights()
    {
        using var executor = Executor(_beside.Path);
        Assert.SkipUnless(executor.Abilities.DropsPrivileges, "Needs root and setpriv.");

        var (exit, lines) = await RunAsync(
            executor,
            _beside.Path,
            "id -un; id -u; grep CapEff /proc/self/status; echo mine >/opt/ml/model/m; echo mine >/tmp/t; stat -c %U /opt/ml/model/m; echo >/etc/sagebrush-was-here; for disk in /dev/vda /dev/sda; do head -c 1 $disk; done; kill -0 1");

        Assert.Equal("sagemaker", lines[0]);
        Assert.InRange(int.Parse(lines[1], CultureInfo.InvariantCulture), 600_000_000, int.MaxValue);
        Assert.Equal("CapEff:\t0000000000000000", lines[2]);
        Assert.Equal("sagemaker", lines[3]);
        Assert.False(File.Exists("/etc/sagebrush-was-here"));
        Assert.False(File.Exists("/tmp/t"));
        Assert.NotEqual(0, exit.ExitCode);
    }

    [Fact]
    public async Task StartAsync_WithMounts_SeesThemAndWritesWhereItMay()
    {
        using var executor = Executor(_beside.Path);
        Assert.SkipUnless(executor.Abilities.Isolation != IsolationMode.None, "This machine cannot isolate jobs.");
        var (readable, writable) = (Directory.CreateDirectory(_beside["readable"]), Directory.CreateDirectory(_beside["writable"]));
        await File.WriteAllTextAsync(Path.Join(readable.FullName, "f"), "content", Cancelled);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(writable.FullName, (UnixFileMode)0b111_111_111);
        }

        var command = Command(_beside.Path, "cat /tmp/here/f; echo; echo x >/tmp/here/g; echo x >/opt/ml/there/g && cat " + readable.FullName + "/f") with
        {
            Mounts =
            [
                new JobMount(readable.FullName, "/tmp/here", IsWritable: false),
                new JobMount(writable.FullName, "/opt/ml/there", IsWritable: true),
                new JobMount(readable.FullName, readable.FullName, IsWritable: false),
            ],
        };
        var run = await executor.StartAsync(command, Cancelled);
        var lines = await ReadAsync(run);

        Assert.Equal(0, (await run.Completion).ExitCode);
        Assert.Equal(2, lines.Count(line => line == "content"));
        Assert.False(File.Exists(Path.Join(readable.FullName, "g")));
        Assert.True(File.Exists(Path.Join(writable.FullName, "g")));
    }

    [Fact]
    public async Task StartAsync_TwoHosts_FindEachOtherByTheirNames()
    {
        using var executor = Executor(_beside.Path);
        Assert.SkipUnless(executor.Abilities.Isolation != IsolationMode.None, "This machine cannot isolate jobs.");
        var addresses = HostAddress.OnLoopback("job", ["algo-1", "algo-2"]);

        var run = await executor.StartAsync(Command(_beside.Path, "getent hosts algo-1 algo-2; hostname") with { HostName = "algo-2", Addresses = addresses }, Cancelled);

        Assert.Equal(
            [addresses[0].Address + " algo-1", addresses[1].Address + " algo-2", "algo-2"],
            (await ReadAsync(run)).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
        Assert.NotEqual(addresses, HostAddress.OnLoopback("other", ["algo-1", "algo-2"]));
    }

    [Fact]
    public async Task StartAsync_AForkBomb_StaysWithinItsLimitAndEndsWhenStopped()
    {
        using var executor = Executor(_beside.Path);
        Assert.SkipUnless(executor.Abilities.LimitedBy.Contains("pids") || executor.Abilities.DropsPrivileges, "This user cannot limit processes.");
        const string Script =
            """
            import os, time
            made = 0
            try:
                while True:
                    if os.fork() == 0:
                        time.sleep(600)
                    made += 1
            except OSError:
                print('made', made, flush=True)
            time.sleep(600)
            """;
        var command = Command(_beside.Path, "") with { Arguments = ["/usr/bin/python3", "-c", Script], Limits = new JobLimits(null, null, 300) };
        var run = await executor.StartAsync(command, Cancelled);
        await foreach (var batch in run.ReadLogAsync(0, Cancelled))
        {
            Assert.InRange(int.Parse(batch.Lines[0].Text.Split(' ')[1], CultureInfo.InvariantCulture), 100, 300);
            break;
        }

        await run.StopAsync(TimeSpan.FromMilliseconds(100), Cancelled);

        var mark = new RunFiles(command.Folder).Mark;
        Assert.DoesNotContain(ProcessEntry.ReadAll(), process => process.State is not ('Z' or 'X') && process.HasVariable(mark));
    }

    [Fact]
    public async Task StartAsync_MoreFilesThanAllowed_AreRefused()
    {
        using var executor = Executor(_beside.Path);
        var run = await executor.StartAsync(
            Command(_beside.Path, "ulimit -n") with { Limits = JobLimits.None with { MaxOpenFiles = 128 } }, Cancelled);

        Assert.Equal(["128"], await ReadAsync(run));
    }

    private static ProcessExecutor Executor(string hidden) => new(TimeProvider.System, new ProcessExecutorOptions { Hidden = [hidden] });

    private static JobCommand Command(string data, string script) => new()
    {
        Folder = Prepared(Path.Join(data, "jobs", "job")),
        Arguments = ["/bin/sh", "-c", script],
        Environment = new Dictionary<string, string>(),
        WorkingDirectory = "/",
    };

    private static JobFolder Prepared(string path)
    {
        var folder = new JobFolder(path);
        folder.Prepare(new JobDescription { Name = "job", Arn = "arn", Region = "us-east-1", Cluster = JobCluster.SingleHost("ml.m5.large"), CpuCount = 2 });
        return folder;
    }

    private static async Task<(JobExit Exit, List<string> Lines)> RunAsync(ProcessExecutor executor, string data, string script)
    {
        Assert.SkipUnless(executor.Abilities.Isolation != IsolationMode.None, "This machine cannot isolate jobs.");
        var run = await executor.StartAsync(Command(data, script), Cancelled);
        return (await run.Completion, await ReadAsync(run));
    }

    private static async Task<List<string>> ReadAsync(IJobRun run)
    {
        List<string> lines = [];
        await foreach (var batch in run.ReadLogAsync(0, Cancelled))
        {
            lines.AddRange(batch.Lines.Select(line => line.Text));
        }

        return lines;
    }
}
