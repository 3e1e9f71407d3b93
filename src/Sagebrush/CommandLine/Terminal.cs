using Spectre.Console;

namespace Sagebrush.CommandLine;

/// <summary>Where commands write: results to standard output, remarks and errors to standard error.</summary>
/// <remarks>Colours and moving parts appear on a terminal only, and never when <c>NO_COLOR</c> is set.</remarks>
internal static class Terminal
{
    /// <summary>Wide enough that text piped to a program is not folded.</summary>
    private const int PipeWidth = 240;

    private static readonly Lazy<IAnsiConsole> LazyOutput = new(() => Create(Console.Out, Console.IsOutputRedirected));
    private static readonly Lazy<IAnsiConsole> LazyError = new(() => Create(Console.Error, Console.IsErrorRedirected));

    /// <summary>For what the command is asked for.</summary>
    public static IAnsiConsole Output => LazyOutput.Value;

    /// <summary>For everything said about it.</summary>
    public static IAnsiConsole Error => LazyError.Value;

    /// <summary>Whether a person sees standard output as it is written.</summary>
    public static bool IsInteractive => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Reports the end of a command that failed and gives its exit code.</summary>
    public static int Fail(CommandException exception)
    {
        Error.MarkupLineInterpolated($"[red]error:[/] {exception.Message}");
        if (exception.Hint is { } hint)
        {
            Error.MarkupLineInterpolated($"[grey]hint:[/]  {hint}");
        }

        return exception.ExitCode;
    }

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var colours = !redirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected)
        {
            console.Profile.Width = PipeWidth;
        }

        return console;
    }
}
