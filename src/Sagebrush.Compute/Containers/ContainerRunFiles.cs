using System.Globalization;
using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Containers;

/// <summary>What a container's run leaves in its folder: all that is needed to take it up again.</summary>
internal sealed class ContainerRunFiles(JobFolder folder)
{
    private readonly RunFiles _files = new(folder);

    /// <summary>The container's name, which follows from the folder.</summary>
    public string ContainerName => "sagebrush-" + _files.RunId;

    /// <summary>What it printed, as far as it was read from the engine.</summary>
    public string Log => _files.Log;

    /// <summary>The container's id and the machine's boot; it appears whole or not at all, before the container starts.</summary>
    public string Container => Path.Join(_files.Directory, "container");

    /// <summary>Present once the container has been started: it is never started again.</summary>
    public string Started => Path.Join(_files.Directory, "container-started");

    /// <summary>How it ended; it appears whole or not at all.</summary>
    public string Exit => Path.Join(_files.Directory, "container-exit");

    public void Claim(string id)
    {
        Directory.CreateDirectory(_files.Directory);
        File.AppendAllText(Log, string.Empty);
        Write(Container, $"{id} {ProcessIdentity.CurrentBootId}");
    }

    /// <summary>The container of this folder; null when it has none.</summary>
    public (string Id, bool IsOfThisBoot)? ReadContainer() =>
        Read(Container)?.Split(' ') is [var id, var boot] ? (id, boot == ProcessIdentity.CurrentBootId) : null;

    public JobExit? ReadExit() => Read(Exit)?.Split(' ') is [var code, var killed, var started, var ended]
        ? new JobExit(int.TryParse(code, CultureInfo.InvariantCulture, out var number) ? number : null, killed == "1", Time(started), Time(ended))
        : null;

    public void WriteExit(JobExit exit) => Write(
        Exit,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{exit.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "-"} {(exit.OutOfMemory ? 1 : 0)} {exit.StartedAt.UtcTicks} {exit.EndedAt.UtcTicks}"));

    private static DateTimeOffset Time(string ticks) => new(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero);

    private static void Write(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
