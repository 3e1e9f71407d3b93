namespace Sagebrush.Testing.Containers;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
public sealed record ProgramOutcome(int ExitCode, string Output, string Error)
{
    /// <summary>What it printed, when it ended well.</summary>
    /// <exception cref="InvalidOperationException">It did not; the message has what it said.</exception>
    public string Succeed() => ExitCode == 0 ? Output.Trim() : throw new InvalidOperationException($"Exit code {ExitCode}: {Output}{Error}");
}
