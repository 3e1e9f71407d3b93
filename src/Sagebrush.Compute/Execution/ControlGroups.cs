using System.Globalization;

namespace Sagebrush.Compute.Execution;

/// <summary>The control groups this program may make, in either version of the kernel's interface.</summary>
internal sealed class ControlGroups
{
    private const string ParentName = "sagebrush";

    private readonly IReadOnlyDictionary<string, string> _parents;

    private ControlGroups(int version, IReadOnlyDictionary<string, string> parents)
    {
        Version = version;
        _parents = parents;
    }

    /// <summary>No control groups.</summary>
    public static ControlGroups None { get; } = new(0, new Dictionary<string, string>());

    /// <summary>1, 2, or 0 where no group can be made.</summary>
    public int Version { get; }

    /// <summary>The controllers that work: some of <c>memory</c>, <c>cpu</c>, <c>pids</c>.</summary>
    public IEnumerable<string> Controllers => _parents.Keys;

    /// <summary>Finds out by making a group and removing it again.</summary>
    public static ControlGroups Probe()
    {
        foreach (var candidate in (ReadOnlySpan<Func<ControlGroups>>)[FindVersion1, FindVersion2])
        {
            try
            {
                var found = candidate();
                if (found._parents.Count > 0)
                {
                    return found;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Not ours to use: go on without.
            }
        }

        return None;
    }

    /// <summary>The group of a run, whether it exists or not; null where there are no control groups.</summary>
    public JobControlGroup? ForRun(string runId) =>
        Version == 0 ? null : new JobControlGroup(Version, _parents.ToDictionary(pair => pair.Key, pair => Path.Join(pair.Value, runId)));

    private static ControlGroups FindVersion1()
    {
        var parents = new Dictionary<string, string>();
        var own = File.ReadLines("/proc/self/cgroup").Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).ToList();
        foreach (var (mountPoint, _, options) in Mounts().Where(mount => mount.Kind == "cgroup"))
        {
            foreach (var controller in options.Split(',').Intersect(["memory", "cpu", "pids"]))
            {
                var path = own.FirstOrDefault(parts => parts[1].Split(',').Contains(controller))?[2] ?? "/";
                var directory = Path.Join(mountPoint, path);
                parents[controller] = TryMake(Directory.Exists(directory) ? directory : mountPoint) ?? string.Empty;
            }
        }

        return new ControlGroups(1, parents.Where(pair => pair.Value.Length > 0).ToDictionary());
    }

    private static ControlGroups FindVersion2()
    {
        var parents = new Dictionary<string, string>();
        var root = Mounts().FirstOrDefault(mount => mount.Kind == "cgroup2").MountPoint;
        if (root is not null && TryMake(root) is { } parent)
        {
            foreach (var controller in (ReadOnlySpan<string>)["memory", "cpu", "pids"])
            {
                try
                {
                    File.WriteAllText(Path.Join(root, "cgroup.subtree_control"), "+" + controller);
                    File.WriteAllText(Path.Join(parent, "cgroup.subtree_control"), "+" + controller);
                    parents[controller] = parent;
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // This controller belongs to version 1 here, or to somebody else.
                }
            }
        }

        return new ControlGroups(2, parents);
    }

    private static string? TryMake(string directory)
    {
        try
        {
            var parent = Directory.CreateDirectory(Path.Join(directory, ParentName)).FullName;
            var probe = Path.Join(parent, string.Create(CultureInfo.InvariantCulture, $"probe-{Environment.ProcessId}"));
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            return parent;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // mountinfo: id parent major:minor root MOUNTPOINT options [optional …] - KIND source SUPEROPTIONS
    private static IEnumerable<(string MountPoint, string Kind, string Options)> Mounts() =>
        from line in File.ReadLines("/proc/self/mountinfo")
        let halves = line.Split(" - ", 2)
        where halves.Length == 2
        let left = halves[0].Split(' ')
        let right = halves[1].Split(' ')
        where left.Length > 4 && right.Length > 2
        select (left[4], right[0], right[2]);
}
