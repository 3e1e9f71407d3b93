namespace Sagebrush.Tests.CommandLine;

/// <summary>How a command ended and what it printed.</summary>
public sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
