using Sagebrush.CommandLine;

namespace Sagebrush.Instance;

/// <summary>One server per data directory: held as long as the server lives, gone with its process however that ends.</summary>
/// <remarks>An <c>flock</c>, exclusive for the server and shared for those who only look, so that two who look never take each other for a server.</remarks>
internal sealed class ServerLock : IDisposable
{
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly DataDirectory _data;
    private readonly FileStream _file;

    private ServerLock(DataDirectory data, FileStream file) => (_data, _file) = (data, file);

    /// <summary>Takes the lock of a data directory that exists.</summary>
    /// <exception cref="CommandException">Another server has it, and the message says which; or the directory cannot be written to.</exception>
    public static async Task<ServerLock> TakeAsync(DataDirectory data, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new(data, File.Open(data.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException exception) when (IsSharingViolation(exception))
            {
                // Somebody who only looks lets go in a moment; a server does not.
                var other = RunningServer.Find(data);
                if (other is not null || attempt == Attempts)
                {
                    throw InUse(data, other);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw data.Unusable(exception);
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <summary>Whether a server holds the lock now.</summary>
    public static bool IsHeld(DataDirectory data)
    {
        try
        {
            File.Open(data.LockFile, FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return false;
        }
        catch (IOException exception)
        {
            return IsSharingViolation(exception);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        File.Delete(_data.InstanceFile);
        _file.Dispose();
    }

    private static CommandException InUse(DataDirectory data, RunningServer? other) => new(
        ExitCode.InUse,
        other is null
            ? $"another server is starting or stopping in {data.Path}"
            : $"{data.Path} is already served at {other.Url.GetLeftPart(UriPartial.Authority)} by process {other.ProcessId}",
        "use that one, stop it, or name another data directory with --data DIR");

    /// <summary>EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.</summary>
    private static bool IsSharingViolation(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}
