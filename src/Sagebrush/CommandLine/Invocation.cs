using Sagebrush.Instance;

namespace Sagebrush.CommandLine;

/// <summary>How the user started the program, so that what we tell them to type next works where they are.</summary>
internal static class Invocation
{
    /// <summary>What was typed in front of the arguments: the launcher passes it on, since it replaces itself by the program.</summary>
    public static string Name { get; } = Environment.GetEnvironmentVariable("SAGEBRUSH_LAUNCHER") is { Length: > 0 } launcher ? launcher : "sagebrush";

    /// <summary>A command line for this data directory that works in any terminal: one where no variable names the directory, for instance.</summary>
    public static string Line(string arguments, DataDirectory data) =>
        data.IsUsual ? $"{Name} {arguments}" : $"{Name} {arguments} --data {Quote(data.Path)}";

    private static string Quote(string path) =>
        path.All(character => char.IsAsciiLetterOrDigit(character) || "/._-+~@%:,".Contains(character, StringComparison.Ordinal)) ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
