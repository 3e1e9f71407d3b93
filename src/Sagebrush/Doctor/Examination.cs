using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using Sagebrush.Instance;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Doctor;

/// <summary>Looks at everything the program leans on, and says how to mend what is not well.</summary>
internal static class Examination
{
    private const long LittleSpace = 5L << 30;
    private const long TooLittleSpace = 500L << 20;

    /// <summary>Runs every check; none changes anything.</summary>
    /// <param name="data">The data directory to look at.</param>
    /// <param name="port">The port a server would take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(DataDirectory data, int port, CancellationToken cancellationToken) =>
    [
        Machine(),
        await PythonCheck.RunAsync(cancellationToken),
        XGBoost(),
        IsolationCheck.Run(),
        await ContainerCheck.RunAsync(cancellationToken),
        DataFolder(data),
        Disk(data),
        Port(data, port),
    ];

    private static Finding Machine()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new(
            "machine",
            Health.Good,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Environment.ProcessorCount} processors, {memory / (double)(1L << 30):0.0} GiB memory, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}"));
    }

    private static Finding XGBoost() => XGBoostLibrary.IsAvailable(out var problem)
        ? new("xgboost", Health.Good, $"libxgboost {XGBoostLibrary.Version}")
        : new("xgboost", Health.Bad, $"training with the built-in XGBoost will fail: {problem}", "apt-get install libxgboost0");

    private static Finding DataFolder(DataDirectory data)
    {
        const string subject = "data directory";
        var existing = new DirectoryInfo(data.Path);
        if (!existing.Exists)
        {
            return new(subject, Health.Good, $"{data.Path} will be made at the first start");
        }

        if (!MayWrite(data.Path))
        {
            return new(subject, Health.Bad, $"{data.Path} cannot be written to", $"chown {Environment.UserName} '{data.Path}', or choose another with --data DIR");
        }

        return !OperatingSystem.IsWindows() && (existing.UnixFileMode & (UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute)) != 0
            ? new(subject, Health.Limited, $"{data.Path} is open to other users", $"chmod 700 '{data.Path}'")
            : new(subject, Health.Good, data.Path);
    }

    private static bool MayWrite(string folder)
    {
        var probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
        try
        {
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static Finding Disk(DataDirectory data)
    {
        var folder = new DirectoryInfo(data.Path);
        while (!folder.Exists && folder.Parent is not null)
        {
            folder = folder.Parent;
        }

        var free = new DriveInfo(folder.FullName).AvailableFreeSpace;
        var detail = string.Create(CultureInfo.InvariantCulture, $"{free / (double)(1L << 30):0.0} GiB free for {data.Path}");
        return free < TooLittleSpace ? new("disk", Health.Bad, detail, "make room, or choose another disk with --data DIR")
            : free < LittleSpace ? new("disk", Health.Limited, detail, "training data, models and logs need room: at least 5 GiB is wise")
            : new("disk", Health.Good, detail);
    }

    private static Finding Port(DataDirectory data, int port)
    {
        if (RunningServer.Find(data) is { } server)
        {
            return new("server", Health.Good, $"running at {server.Url.GetLeftPart(UriPartial.Authority)} as process {server.ProcessId}");
        }

        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Any(listener => listener.Port == port && (IPAddress.IsLoopback(listener.Address) || listener.Address.Equals(IPAddress.Any) || listener.Address.Equals(IPAddress.IPv6Any)));
        return taken
            ? new("port", Health.Limited, $"port {port} is in use by another program", "start with 'up --port N', or 'up --port 0' for any free one")
            : new("port", Health.Good, $"port {port} is free");
    }
}
