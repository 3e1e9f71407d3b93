namespace Sagebrush.Compute.Execution;

/// <summary>How a <see cref="ProcessExecutor"/> behaves.</summary>
public sealed record ProcessExecutorOptions
{
    /// <summary>False runs even isolated jobs plainly, as on a machine that can do no better.</summary>
    public bool AllowIsolation { get; init; } = true;

    /// <summary>False enforces no limits.</summary>
    public bool AllowControlGroups { get; init; } = true;

    /// <summary>Folders isolated jobs must not see, such as the one with everybody's data and keys.</summary>
    public IReadOnlyList<string> Hidden { get; init; } = [];

    /// <summary>Bytes of output that may wait to be read before the older half is left out, see <see cref="IJobRun.ReadLogAsync"/>.</summary>
    public long MaxLogBacklogBytes { get; init; } = 1L << 30;
}
