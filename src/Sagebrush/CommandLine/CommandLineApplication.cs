using System.CommandLine;
using System.CommandLine.Help;
using Sagebrush.Wire.Client;
using Sagebrush.Wire.Signing;

namespace Sagebrush.CommandLine;

/// <summary>The command line: which commands there are, and how each may end.</summary>
internal static class CommandLineApplication
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = Build();
        var result = root.Parse(args);
        if (result.Errors.Count > 0)
        {
            return Misused(root, result);
        }

        using var stop = new StopSignal();
        try
        {
            // Signals and errors are ours: the library would cut a server's shutdown short and print stack traces.
            return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
        }
        catch (CommandException exception)
        {
            return Terminal.Fail(exception);
        }
        catch (CredentialsException exception)
        {
            return Terminal.Fail(new(ExitCode.Failure, exception.Message));
        }
        catch (ApiException exception)
        {
            return Terminal.Fail(new(ExitCode.Failure, exception.Message));
        }
        catch (HttpRequestException exception)
        {
            return Terminal.Fail(new(ExitCode.Failure, $"the server did not answer: {exception.Message}", $"'{Invocation.Name} doctor' may tell why"));
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private static RootCommand Build()
    {
        var common = new CommonOptions();
        var root = new RootCommand("Sagebrush: SageMaker that you own. One program that speaks AWS's protocols and really does the work.")
        {
            common.Data,
            QuickstartCommand.Create(common),
            UpCommand.Create(common),
            EnvCommand.Create(common),
            JobsCommand.Create(common),
            TuningCommand.Create(common),
            AutoMLCommand.Create(common),
            CostsCommand.Create(common),
            LogsCommand.Create(common),
            ImagesCommand.Create(common),
            ConvertCommand.Create(),
            UsersCommand.Create(common),
            DoctorCommand.Create(common),
            VersionCommand.Create(),
            ApiCoverageCommand.Create(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelpAction((HelpAction)help.Action!);
        root.SetAction(result => help.Action is ExampleHelpAction action ? action.Invoke(result) : ExitCode.Usage);
        return root;
    }

    private static int Misused(RootCommand root, ParseResult result)
    {
        var command = result.CommandResult.Command;
        var message = string.Join("; ", result.Errors.Select(error => OneLine(error.Message)).Distinct());
        if (command == root && result.UnmatchedTokens is [var word, ..])
        {
            var nearest = Suggestion.Nearest(word, root.Subcommands.Select(known => known.Name));
            message = $"no command '{word}'{(nearest is null ? "" : $"; did you mean '{nearest}'?")}";
        }

        return Terminal.Fail(new(ExitCode.Usage, message, $"see '{Invocation.Name} {(command == root ? "" : command.Name + " ")}--help'"));
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
