using System.Globalization;

namespace Sagebrush.Services.Recommendations;

/// <summary>What this program and the processes it started take, as the kernel counts it.</summary>
/// <param name="Processor">Processor time so far.</param>
/// <param name="MemoryBytes">Memory in use.</param>
internal readonly record struct ProgramUsage(TimeSpan Processor, long MemoryBytes)
{
    // The kernel's USER_HZ, the same on every Linux this runs on.
    private const int TicksPerSecond = 100;

    // Fields of /proc/PID/stat after the command's name, counted from the state.
    private const int Parent = 1;
    private const int UserTime = 11;
    private const int SystemTime = 12;
    private const int ResidentPages = 21;

    /// <summary>Looks now. Processes that end while it looks are left out.</summary>
    public static ProgramUsage Now()
    {
        var all = new Dictionary<int, (int Parent, long Ticks, long Pages)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(folder) is { } stat)
            {
                all[id] = stat;
            }
        }

        var mine = all.Where(pair => IsMine(pair.Key)).Select(pair => pair.Value).ToList();
        return new ProgramUsage(TimeSpan.FromSeconds((double)mine.Sum(stat => stat.Ticks) / TicksPerSecond), mine.Sum(stat => stat.Pages) * Environment.SystemPageSize);

        bool IsMine(int id)
        {
            for (var depth = 0; depth < 64 && id > 1; depth++)
            {
                if (id == Environment.ProcessId)
                {
                    return true;
                }

                id = all.TryGetValue(id, out var stat) ? stat.Parent : 0;
            }

            return false;
        }
    }

    private static (int Parent, long Ticks, long Pages)? Read(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Join(folder, "stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return ((int)Number(Parent), Number(UserTime) + Number(SystemTime), Number(ResidentPages));

            long Number(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
