namespace Sagebrush.CommandLine;

/// <summary>Ends a command with one line for the user and an exit code; never shows a stack trace.</summary>
/// <remarks>The message says what was wrong and where; <see cref="Hint"/>, when there is one, what to do.</remarks>
internal sealed class CommandException(int exitCode, string message, string? hint = null) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public string? Hint { get; } = hint;

    /// <summary>A complaint about a place in an input file, in the form editors and terminals make clickable.</summary>
    public static CommandException BadInput(string path, int? line, string message, string? hint = null) =>
        new(CommandLine.ExitCode.BadInput, line is null ? $"{path}: {message}" : $"{path}:{line}: {message}", hint);
}
