using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Instance;
using Sagebrush.Quickstart;
using Sagebrush.Server;

namespace Sagebrush.CommandLine;

/// <summary><c>quickstart</c>: from a table to a live, scored endpoint in one command.</summary>
internal static class QuickstartCommand
{
    private const int DefaultSeed = 42;

    /// <summary>The table that is learnt from when the user brings none.</summary>
    private static readonly (string File, string Target) Sample = (Path.Combine(AppContext.BaseDirectory, "data", "breast-cancer.csv"), "diagnosis");

    public static Command Create(CommonOptions common)
    {
        var csv = new Option<string?>("--csv") { Description = "Your own table, with a header line [default: a sample that ships with the program]", HelpName = "FILE" };
        var target = new Option<string?>("--target") { Description = "Column of that table to predict", HelpName = "COLUMN" };
        var separator = new Option<string?>("--separator") { Description = "What stands between its cells: one character, or 'tab' [default: found out]", HelpName = "CHARACTER" };
        var task = new Option<LearningTask?>("--task") { Description = "What kind of prediction [default: found out from the target]", HelpName = "binary|multiclass|regression" };
        var seed = CommonOptions.Number("--seed", 0, int.MaxValue, DefaultSeed, "Divides the rows and steers the training; the same seed gives the same model");
        var port = CommonOptions.Port();
        var exit = new Option<bool>("--exit") { Description = "End after the report instead of serving until Ctrl-C (always so when not on a terminal)" };
        var command = new ExampleCommand(
            "quickstart",
            "Train XGBoost on a table, deploy it, score it through its endpoint and show what to do next.",
            ($"{Invocation.Name} quickstart", "on a small real sample"),
            ($"{Invocation.Name} quickstart --csv bank.csv --target y", "on your own table"),
            ($"{Invocation.Name} quickstart --csv homes.csv --target price --exit", "and end after the report"))
        { csv, target, separator, task, seed, port, exit };
        command.SetAction(async (result, cancellationToken) =>
        {
            var options = new QuickstartOptions(
                result.GetValue(csv) ?? Sample.File,
                Target(result.GetValue(csv), result.GetValue(target)),
                Separator(result.GetValue(separator)),
                result.GetValue(task),
                result.GetValue(seed));

            // The table first: what is wrong with it should not wait for a server.
            var data = PreparedData.Prepare(Sagebrush.Quickstart.Table.Read(options.Csv, options.Separator), options.Target, options.Task, options.Seed);
            var screen = new QuickstartScreen(Terminal.Output, Terminal.IsInteractive, TimeProvider.System);
            screen.ShowData(data);

            var folder = common.DataOf(result);
            await using var own = await StartUnlessRunningAsync(folder, result.GetValue(port), screen, cancellationToken);
            var endsAtOnce = own is not null && (!Terminal.IsInteractive || result.GetValue(exit));
            await RunAsync(data, options, folder, screen, endsAtOnce, cancellationToken);
            if (own is null || endsAtOnce)
            {
                return ExitCode.Success;
            }

            screen.Say($"Serving at {own.Url.GetLeftPart(UriPartial.Authority)} until Ctrl-C.");
            await own.WaitForShutdownAsync(cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task RunAsync(PreparedData data, QuickstartOptions options, DataDirectory folder, QuickstartScreen screen, bool endsAtOnce, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var connection = Connection.Require(folder);
        using var client = connection.OpenClient();
        var places = Places.For(options.Csv, connection.Server.Region, connection.Credential.Principal.AccountId, clock.GetUtcNow());
        var run = new QuickstartRun(client, data, places, options.Seed, clock);

        await screen.StepAsync("uploaded", "Uploading…", async () =>
            $"{Bytes(await run.UploadAsync(cancellationToken))} to {places.Uri(places.Name + "/")}");

        DescribeTrainingJobResponse? job = null;
        await screen.ProgressAsync("trained", "Training: waiting for the job to start", Recipe.MostRounds, async show =>
        {
            TrainingProgress? best = null;
            var rounds = 0;
            job = await run.TrainAsync(
                progress =>
                {
                    rounds = progress.Round + 1;
                    best = progress.IsBetterThan(best) ? progress : best;
                    show(rounds, $"Training: round {rounds}, validation {progress}");
                },
                cancellationToken);
            return best is null ? $"job {places.Name}" : $"{rounds} rounds; best in round {best.Round + 1}, validation {best}";
        });

        await screen.StepAsync("deployed", "Deploying…", async () =>
        {
            await run.DeployAsync(job!, cancellationToken);
            return $"endpoint {places.Name} is in service";
        });

        Predictions? predictions = null;
        await screen.ProgressAsync("scored", "Scoring the held-out rows", data.Split.Test.Count, async show =>
        {
            var scored = 0;
            predictions = await run.ScoreAsync(rows => show(scored += rows, ""), cancellationToken);
            return $"{scored:N0} held-out rows through the endpoint";
        });

        screen.ShowScores(data, predictions!);
        screen.ShowNext(
            places,
            job!.ModelArtifacts.S3ModelArtifacts,
            connection.Server.Url,
            Invocation.Line("env", folder),
            Invocation.Line($"logs {places.Name}", folder),
            endsAtOnce ? Invocation.Line("up", folder) : null);
    }

    private static async Task<LocalServer?> StartUnlessRunningAsync(DataDirectory folder, int port, QuickstartScreen screen, CancellationToken cancellationToken)
    {
        if (RunningServer.Find(folder) is { } running)
        {
            screen.Note("using", $"the server that runs at {running.Url.GetLeftPart(UriPartial.Authority)}");
            return null;
        }

        LocalServer? server = null;
        await screen.StepAsync("started", "Starting the server…", async () =>
        {
            var options = new ServerOptions { DataDirectory = folder.Path, Port = port };
            try
            {
                server = await LocalServer.StartAsync(folder, options, LogLevel.Warning, cancellationToken);
            }
            catch (CommandException exception) when (exception.ExitCode == ExitCode.InUse && port == ServerOptions.DefaultPort)
            {
                // Nobody asked for this very port, so any other will do; a data directory in use fails again, and says so.
                server = await LocalServer.StartAsync(folder, options with { Port = 0 }, LogLevel.Warning, cancellationToken);
            }

            return $"{server.Url.GetLeftPart(UriPartial.Authority)}, data in {folder.Path}";
        });
        return server;
    }

    private static string Target(string? csv, string? target) => (csv, target) switch
    {
        (null, null) => Sample.Target,
        (null, _) => throw new CommandException(ExitCode.Usage, "--target names a column of the table in --csv, which is not given", $"{Invocation.Name} quickstart --csv FILE --target COLUMN"),
        (_, null) => throw new CommandException(
            ExitCode.Usage,
            "--target is needed: which column is to be predicted?",
            $"the columns are: {string.Join(", ", Sagebrush.Quickstart.Table.Read(csv).Names)}"),
        _ => target,
    };

    private static char? Separator(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        [var character] when character is not '"' and not '\n' and not '\r' => character,
        _ => throw new CommandException(ExitCode.Usage, $"--separator '{text}' is not one character", "write for example --separator ';', or --separator tab"),
    };

    private static string Bytes(long count) => string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:0.0} MB");
}
