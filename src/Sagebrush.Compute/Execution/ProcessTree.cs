namespace Sagebrush.Compute.Execution;

/// <summary>Finds and signals every process of one run, wherever its processes have hidden.</summary>
/// <remarks>
/// A process belongs to the run when it descends from the supervisor, carries the run's mark in its environment, is in
/// its control group, or shares a PID namespace with one that does. Children that fork twice, start sessions of their own
/// or clear their environment are missed by one of these tests, seldom by all.
/// </remarks>
/// <param name="supervisor">The run's supervisor; never signalled itself.</param>
/// <param name="mark">The environment variable all of the run's processes are started with, as <c>NAME=value</c>.</param>
/// <param name="group">The run's control group, if it has one.</param>
/// <param name="isolated">Whether the job lives in a PID namespace; processes outside are then wrappers around it.</param>
internal sealed class ProcessTree(ProcessIdentity supervisor, string mark, JobControlGroup? group, bool isolated)
{
    private static readonly string? OwnNamespace = ProcessEntry.TryRead(Environment.ProcessId)?.PidNamespace();

    /// <summary>The numbers of all processes that share a PID namespace of their own with one; none when it has ended.</summary>
    public static IReadOnlyList<int> ProcessesBeside(int process) =>
        ProcessEntry.TryRead(process)?.PidNamespace() is { } space && space != OwnNamespace
            ? [.. ProcessEntry.ReadAll().Where(entry => entry.PidNamespace() == space).Select(entry => entry.Id)]
            : [];

    /// <summary>Whether any process besides the supervisor is left.</summary>
    public bool HasProcesses() => Find().Count > 0;

    /// <summary>The numbers of all processes besides the supervisor.</summary>
    public IReadOnlyList<int> Processes() => Find().ConvertAll(member => member.Process.Id);

    /// <summary>Asks the job's own processes to end; false when there was none to ask, as in a run's first milliseconds.</summary>
    /// <remarks>
    /// The wrappers around an isolated job and its init are spared: they pass its exit code on once it has ended. So is what still prepares the
    /// run: it is not the job, which would then start without having been asked.
    /// </remarks>
    public bool Terminate() => Signal(
        LinuxKernel.SigTerm,
        Find().Where(member => (!isolated || (member.Inside && member.Process.InnerId() != 1)) && member.Process.LacksVariable($"{RunFiles.Preparing}=1")));

    /// <summary>Kills the job's own processes; called again, what is left of it.</summary>
    /// <remarks>
    /// An isolated job's init is left to the end: it tells the exit code of what it ran, while unshare makes a plain 1 of an init that was killed.
    /// </remarks>
    public void Kill()
    {
        var members = Find();
        _ = Signal(LinuxKernel.SigKill, members.Where(member => !isolated || (member.Inside && member.Process.InnerId() != 1)))
            || Signal(LinuxKernel.SigKill, members.Where(member => member.Inside))
            || Signal(LinuxKernel.SigKill, members);
    }

    /// <summary>Kills all that is left, wrappers included.</summary>
    public void KillAll() => Signal(LinuxKernel.SigKill, Find());

    private static bool Signal(int signal, IEnumerable<(ProcessEntry Process, bool Inside)> members)
    {
        var any = false;
        foreach (var (process, _) in members)
        {
            any |= LinuxKernel.Kill(process.Id, signal) == 0;
        }

        return any;
    }

    private List<(ProcessEntry Process, bool Inside)> Find()
    {
        var all = ProcessEntry.ReadAll();
        var inGroup = group?.Processes() ?? [];
        var members = all.Where(process => inGroup.Contains(process.Id) || process.HasVariable(mark)).Select(process => process.Id).ToHashSet();
        if (supervisor.IsAlive)
        {
            members.Add(supervisor.Id);
        }

        for (var before = -1; before != members.Count;)
        {
            before = members.Count;
            members.UnionWith(all.Where(process => members.Contains(process.ParentId)).Select(process => process.Id));
        }

        var namespaces = isolated
            ? all.Where(process => members.Contains(process.Id)).Select(process => process.PidNamespace()).ToHashSet()
            : [];
        namespaces.Remove(OwnNamespace);
        namespaces.Remove(null);

        return
        [
            .. from process in all
               where process.Id != supervisor.Id && process.State is not ('Z' or 'X')
               let inside = namespaces.Count > 0 && namespaces.Contains(process.PidNamespace())
               where inside || members.Contains(process.Id)
               select (process, inside),
        ];
    }
}
