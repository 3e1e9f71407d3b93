namespace Sagebrush.CommandLine;

/// <summary>What the program tells its caller when it ends; docs/cli.md lists them for users.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>Something failed that the caller could not have known: a training job, a request, the disk.</summary>
    public const int Failure = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The command talks to a running server, and none runs for this data directory.</summary>
    public const int NotRunning = 3;

    /// <summary>The port or the data directory belongs to another process.</summary>
    public const int InUse = 4;

    /// <summary>A file given as input is missing or cannot be used.</summary>
    public const int BadInput = 5;

    /// <summary>Stopped by Ctrl-C before the work was done, as a shell reports it.</summary>
    public const int Interrupted = 130;
}
