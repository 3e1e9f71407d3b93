using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Sagebrush.CommandLine;

/// <summary><c>version</c>: what this is and what it runs on.</summary>
internal static class VersionCommand
{
    /// <summary>The version, with the commit it was built from behind a plus sign when that is known.</summary>
    public static string Version { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static Command Create()
    {
        var command = new ExampleCommand("version", "Print the version.", ($"{Invocation.Name} version", "one line for a bug report"));
        command.SetAction(_ =>
        {
            var (number, commit) = Version.Split('+', 2) is [var before, var after] ? (before, $"commit {after[..Math.Min(10, after.Length)]}, ") : (Version, "");
            Console.Out.WriteLine($"sagebrush {number} ({commit}{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})");
            return ExitCode.Success;
        });
        return command;
    }
}
