using Sagebrush.State.Sqlite;

namespace Sagebrush.Services;

/// <summary>Tells when something failed because there is no room left.</summary>
internal static class DiskSpace
{
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Whether an exception says that the disk is full.</summary>
    public static bool IsFull(Exception exception) => exception switch
    {
        IOException { HResult: NoSpaceLeft or QuotaExceeded or WindowsDiskFull } => true,
        DatabaseFullException => true,
        _ => false,
    };
}
