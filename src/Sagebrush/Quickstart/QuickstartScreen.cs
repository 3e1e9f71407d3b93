using System.Globalization;
using Sagebrush.CommandLine;
using Sagebrush.Learning.Metrics;
using Spectre.Console;

namespace Sagebrush.Quickstart;

/// <summary>What the user sees of a run: steps that move on a terminal, the same in plain lines elsewhere, and a report.</summary>
internal sealed class QuickstartScreen(IAnsiConsole console, bool live, TimeProvider clock)
{
    private const int LabelWidth = 11;
    private const int MostClassesInTable = 12;
    private const int MostNamesInLine = 6;

    /// <summary>What was understood of the table, before anything is done with it.</summary>
    public void ShowData(PreparedData data)
    {
        var (table, target, split, encoder) = (data.Table, data.Target, data.Split, data.Encoder);
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]Sagebrush quickstart[/] · {Path.GetFileName(table.Path)}");
        console.WriteLine();
        Fact("table", $"{table.Rows:N0} rows, {table.Names.Count} columns separated by {SeparatorName(table.Separator)}");
        Fact("target", target.Task == LearningTask.Regression
            ? $"{target.Name}, a number (regression)"
            : $"{target.Name}, {target.Classes.Count} classes: {Listed(target.Classes.Select((name, i) => $"{name} ({target.Values.Count(value => value == i):N0})"))}");
        Fact("features", $"{encoder.FeatureNames.Count} numbers a row, made of {encoder.Used.Numeric} numeric and {encoder.Used.Categorical} text columns");
        if (encoder.Dropped.Count > 0)
        {
            Fact("left out", Listed(encoder.Dropped));
        }

        foreach (var note in target.Notes)
        {
            Fact("note", note);
        }

        Fact("split", $"{split.Train.Count:N0} rows to train, {split.Validation.Count:N0} to decide when to stop, {split.Test.Count:N0} held out to judge");
        console.WriteLine();
    }

    /// <summary>Shows a step while it runs and what came of it.</summary>
    public async Task StepAsync(string label, string doing, Func<Task<string>> step)
    {
        var started = clock.GetTimestamp();
        var result = live
            ? await console.Status().Spinner(Spinner.Known.Dots).StartAsync(Markup.Escape(doing), _ => step())
            : await step();
        Done(label, result, clock.GetElapsedTime(started));
    }

    /// <summary>Shows a bar that grows to <paramref name="total"/> while a step runs.</summary>
    public async Task ProgressAsync(string label, string doing, int total, Func<Action<int, string>, Task<string>> step)
    {
        var started = clock.GetTimestamp();
        var result = "";
        if (live)
        {
            await console.Progress().AutoClear(true)
                .Columns(new SpinnerColumn(Spinner.Known.Dots), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn())
                .StartAsync(async context =>
                {
                    var bar = context.AddTask(Markup.Escape(doing), maxValue: total);
                    result = await step((value, text) =>
                    {
                        bar.Value = value;
                        bar.Description = Markup.Escape(text.Length > 0 ? text : doing);
                    });
                });
        }
        else
        {
            result = await step((_, _) => { });
        }

        Done(label, result, clock.GetElapsedTime(started));
    }

    /// <summary>How good the model is on rows it never saw, and how fast it answers.</summary>
    public void ShowScores(PreparedData data, Predictions predictions)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]On {data.Split.Test.Count:N0} rows the model never saw[/]");
        console.WriteLine();
        if (data.Target.Task == LearningTask.Regression)
        {
            ShowRegression(data, predictions);
        }
        else
        {
            ShowClasses(data, predictions.ScoreClasses(data));
        }

        var latency = predictions.Latency;
        Fact("latency", $"p50 {Durations.Show(latency.P50)}   p95 {Durations.Show(latency.P95)}   p99 {Durations.Show(latency.P99)}   ({latency.Requests:N0} signed requests of one row)");
    }

    /// <summary>Where everything is, and what to type next.</summary>
    /// <param name="places">The names of what was made.</param>
    /// <param name="modelUri">The model.</param>
    /// <param name="server">Where the server listens.</param>
    /// <param name="envCommand">Prints the variables of AWS clients.</param>
    /// <param name="logsCommand">Shows the job's log.</param>
    /// <param name="upCommand">Starts the server again, when it ends with this command; null when it stays.</param>
    public void ShowNext(Places places, string modelUri, Uri server, string envCommand, string logsCommand, string? upCommand)
    {
        console.WriteLine();
        console.MarkupLine("[bold]Where everything is[/]");
        console.WriteLine();
        Fact("data", places.Uri(places.Name + "/"));
        Fact("job", $"{places.Name}   ({logsCommand})");
        Fact("model", modelUri);
        Fact("endpoint", $"{places.Name} at {server.GetLeftPart(UriPartial.Authority)}");
        Fact("log group", "/aws/sagemaker/TrainingJobs");
        console.WriteLine();
        if (upCommand is not null)
        {
            console.MarkupLine("[bold]What to type next[/]: the server ends with this command; start it again, endpoint included");
            console.WriteLine();
            Code(upCommand);
            console.WriteLine();
            console.MarkupLine("and then, in another terminal");
        }
        else
        {
            console.MarkupLine("[bold]What to type next[/], in another terminal");
        }

        console.WriteLine();
        Code($"""
            eval "$({envCommand})"
            python3 - <<'EOF'
            import boto3
            held_out = boto3.client("s3").get_object(
                Bucket="{places.Bucket}", Key="{places.TestKey}")
            rows = held_out["Body"].read().decode().splitlines()
            answer = boto3.client("sagemaker-runtime").invoke_endpoint(
                EndpointName="{places.Name}", ContentType="text/csv", Body="\n".join(rows[:5]))
            print(answer["Body"].read().decode())
            EOF
            """);
    }

    /// <summary>A step that was done already.</summary>
    public void Note(string label, string text) => Unfolded($"[green]✓[/] {label.PadRight(LabelWidth - 2)}{text}");

    public void Say(string text)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"{text}");
    }

    private void ShowRegression(PreparedData data, Predictions predictions)
    {
        var actual = data.Split.Test.Select(position => (float)data.Target.Values[position]).ToArray();
        var mean = data.Split.Train.Average(position => data.Target.Values[position]);
        var guess = Enumerable.Repeat((float)mean, actual.Length).ToArray();
        Fact("RMSE", $"{Number(RegressionMetrics.RootMeanSquaredError(actual, predictions.Values))}   (guessing the mean: {Number(RegressionMetrics.RootMeanSquaredError(actual, guess))})");
        Fact("MAE", Number(RegressionMetrics.MeanAbsoluteError(actual, predictions.Values)));
        Fact("R²", Number(RegressionMetrics.RSquared(actual, predictions.Values)));
    }

    private void ShowClasses(PreparedData data, ClassificationScore score)
    {
        var classes = data.Target.Classes;
        var commonest = data.Split.Test.GroupBy(position => data.Target.Values[position]).MaxBy(group => group.Count())!;
        Fact(
            "accuracy",
            $"{Number(score.Confusion.Accuracy)}   (always answering '{classes[(int)commonest.Key]}': {Number(commonest.Count() / (double)data.Split.Test.Count)})");
        Fact("AUC", double.IsNaN(score.Auc) ? "needs rows of every class" : Number(score.Auc) + (classes.Count > 2 ? "   (mean over classes, each against the rest)" : $"   (for '{classes[1]}')"));
        Fact("log loss", Number(score.LogLoss));
        if (classes.Count <= MostClassesInTable)
        {
            console.WriteLine();
            console.Write(Confusion(classes, score.Confusion));
            console.WriteLine();
        }
    }

    private Spectre.Console.Table Confusion(IReadOnlyList<string> classes, ConfusionMatrix counts)
    {
        var table = new Spectre.Console.Table().Border(live ? TableBorder.Rounded : TableBorder.Ascii).AddColumn("true \\ predicted");
        foreach (var name in classes)
        {
            table.AddColumn(new TableColumn(Markup.Escape(name)).RightAligned());
        }

        for (var actual = 0; actual < classes.Count; actual++)
        {
            var row = Enumerable.Range(0, classes.Count)
                .Select(predicted => counts[actual, predicted].ToString("N0", CultureInfo.InvariantCulture))
                .Select((text, predicted) => predicted == actual ? $"[green]{text}[/]" : text);
            table.AddRow([Markup.Escape(classes[actual]), .. row]);
        }

        return table;
    }

    private void Done(string label, string result, TimeSpan took) =>
        Unfolded($"[green]✓[/] {label.PadRight(LabelWidth - 2)}{result}   [grey]({Durations.Show(took)})[/]");

    private void Fact(string label, string text) => Unfolded($"[grey]{label.PadRight(LabelWidth)}[/]{text}");

    private void Code(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            Unfolded($"{line}");
        }
    }

    /// <summary>One line, however narrow the terminal: names and addresses that the terminal breaks by itself can still be copied whole.</summary>
    private void Unfolded(FormattableString line)
    {
        const int anyWidth = 10_000;
        var width = console.Profile.Width;
        console.Profile.Width = anyWidth;
        console.MarkupLineInterpolated(line);
        console.Profile.Width = width;
    }

    private static string Listed(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(MostNamesInLine)) + (all.Count > MostNamesInLine ? $" and {all.Count - MostNamesInLine} more" : "");
    }

    private static string SeparatorName(char separator) => separator switch
    {
        ',' => "commas",
        ';' => "semicolons",
        '\t' => "tabs",
        _ => $"'{separator}'",
    };

    private static string Number(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.ToString("0.0000", CultureInfo.InvariantCulture),
    };
}
