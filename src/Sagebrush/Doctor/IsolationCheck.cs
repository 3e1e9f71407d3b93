using Sagebrush.Compute.Execution;

namespace Sagebrush.Doctor;

/// <summary>How far apart are jobs kept from each other and from the machine?</summary>
internal static class IsolationCheck
{
    private const string Subject = "job isolation";

    public static Finding Run()
    {
        using var executor = new ProcessExecutor(TimeProvider.System);
        var abilities = executor.Abilities;
        var detail = abilities.Isolation switch
        {
            IsolationMode.Namespaces => "each job sees its own /opt/ml, in namespaces of its own",
            IsolationMode.Bubblewrap => "each job sees its own /opt/ml, through bubblewrap",
            _ => "jobs are plain processes and find their files through SM_* variables",
        };
        var limits = abilities.LimitedBy.Count == 0 ? "no limits are enforced" : $"limits on {string.Join(", ", abilities.LimitedBy)}";
        return new(
            Subject,
            abilities.Notes.Count == 0 ? Health.Good : Health.Limited,
            $"{detail}; {limits}",
            abilities.Notes.Count == 0 ? null : string.Join(' ', abilities.Notes));
    }
}
