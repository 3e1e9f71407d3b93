using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sagebrush.CommandLine;

/// <summary>The usual help, followed by the command's examples and, at the top level, the exit codes.</summary>
internal sealed class ExampleHelpAction(HelpAction inner) : SynchronousCommandLineAction
{
    /// <summary>Somebody who asks for help need not have got the rest right.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        inner.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        switch (parseResult.CommandResult.Command)
        {
            case ExampleCommand command:
                output.WriteLine("Examples:");
                var width = command.Examples.Max(example => example.Line.Length);
                foreach (var (line, purpose) in command.Examples)
                {
                    output.WriteLine($"  {line.PadRight(width)}  {purpose}");
                }

                break;
            case RootCommand:
                output.WriteLine("Exit codes:");
                output.WriteLine($"  {ExitCode.Success} done · {ExitCode.Failure} failed · {ExitCode.Usage} wrong usage · {ExitCode.NotRunning} no server running · "
                    + $"{ExitCode.InUse} port or data directory in use · {ExitCode.BadInput} bad input file · {ExitCode.Interrupted} interrupted");
                output.WriteLine();
                output.WriteLine($"'{Invocation.Name} COMMAND --help' shows a command's options and examples.");
                break;
            default:
                break;
        }

        return ExitCode.Success;
    }
}
