using System.Globalization;
using System.Text;

namespace Sagebrush.Compute.Execution;

/// <summary>One line of the kernel's process table.</summary>
/// <param name="Id">The process number.</param>
/// <param name="ParentId">Its parent's number.</param>
/// <param name="State">The kernel's state letter; <c>Z</c> has ended.</param>
/// <param name="StartTicks">When it started, in ticks since the boot.</param>
internal readonly record struct ProcessEntry(int Id, int ParentId, char State, long StartTicks)
{
    // What the kernel tells user programs on every architecture .NET runs on.
    private const int TicksPerSecond = 100;

    /// <summary>Reads one process; null when there is none of that number.</summary>
    public static ProcessEntry? TryRead(int id)
    {
        if (ReadFile(id, "stat") is not { } bytes)
        {
            return null;
        }

        // The name stands in parentheses and may hold anything, even parentheses: fields count from the last one.
        var text = Encoding.Latin1.GetString(bytes);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessEntry(
            id, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0][0], long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    /// <summary>What one process has used; null when there is none of that number.</summary>
    public static ProcessUsage? TryReadUsage(int id)
    {
        if (ReadFile(id, "stat") is not { } bytes)
        {
            return null;
        }

        // The times of the process and of its children that it has waited for, then its resident pages.
        var text = Encoding.Latin1.GetString(bytes);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = fields.AsSpan(11, 4).ToArray().Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        return new ProcessUsage(
            TimeSpan.FromSeconds((double)ticks / TicksPerSecond), long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
    }

    /// <summary>Every process of this machine that can be seen.</summary>
    public static List<ProcessEntry> ReadAll()
    {
        List<ProcessEntry> entries = [];
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), CultureInfo.InvariantCulture, out var id) && TryRead(id) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    /// <summary>Whether the process was started with a variable of exactly this <c>NAME=value</c>.</summary>
    public bool HasVariable(string assignment) => Holds(ReadFile(Id, "environ"), assignment);

    /// <summary>Whether the process was surely started without this <c>NAME=value</c>.</summary>
    /// <remarks>The kernel shows no variables of a process that is just taking a program up or has just left it: nothing is sure then.</remarks>
    public bool LacksVariable(string assignment)
    {
        var environment = ReadFile(Id, "environ");
        if (environment is null or [] && ReadFile(Id, "cmdline") is { Length: > 0 })
        {
            // It runs a program by now. If there still are no variables, it was started without any.
            environment = ReadFile(Id, "environ");
            return !Holds(environment, assignment);
        }

        return environment is { Length: > 0 } && !Holds(environment, assignment);
    }

    /// <summary>The process's number in its own PID namespace, 1 for the namespace's init.</summary>
    public int InnerId()
    {
        var status = ReadFile(Id, "status") is { } bytes ? Encoding.Latin1.GetString(bytes) : string.Empty;
        foreach (var line in status.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("NSpid:", StringComparison.Ordinal))
            {
                return int.Parse(line[(line.LastIndexOfAny('\t', ' ') + 1)..], CultureInfo.InvariantCulture);
            }
        }

        return Id;
    }

    /// <summary>The PID namespace it lives in, by the kernel's name; null when it has ended or must not be looked at.</summary>
    public string? PidNamespace()
    {
        try
        {
            return new FileInfo($"/proc/{Id}/ns/pid").LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Holds(byte[]? environment, string assignment)
    {
        var at = environment.AsSpan().IndexOf(Encoding.UTF8.GetBytes(assignment + '\0'));
        return at == 0 || (at > 0 && environment![at - 1] == 0);
    }

    private static byte[]? ReadFile(int id, string name)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/{name}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
