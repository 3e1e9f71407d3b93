using System.CommandLine;
using System.Globalization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Instance;
using Sagebrush.Services.Training;
using Sagebrush.Wire.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sagebrush.CommandLine;

/// <summary><c>jobs watch</c>: a training job's state, the curves of its metrics and the end of its log, live until it ends.</summary>
internal sealed class WatchCommand
{
    private const int ChartLines = 8;
    private const int LogLines = 8;
    private const int MaxCharts = 3;
    private const int MaxValues = 100_000;

    private static readonly Color[] Colours = [Color.DodgerBlue1, Color.Orange1, Color.Green3, Color.MediumPurple1, Color.Yellow3, Color.Red3];

    private readonly ApiClient _client;
    private readonly string _name;
    private readonly JobLog _log;
    private readonly SortedDictionary<string, List<double>> _series = new(StringComparer.Ordinal);
    private readonly Queue<string> _tail = [];
    private MetricReader? _metrics;

    private WatchCommand(ApiClient client, string name) => (_client, _name, _log) = (client, name, new JobLog(client, name));

    public static Command Create(CommonOptions common)
    {
        var job = new Argument<string>("JOB") { Description = "The training job's name" };
        var command = new ExampleCommand(
            "watch",
            "Watch a training job live: its state, the curves of its metrics, its log.",
            ($"{Invocation.Name} jobs watch my-job", "until it ends"))
        { job };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = Connection.Require(common.DataOf(result)).OpenClient();
            var watch = new WatchCommand(client, result.GetRequiredValue(job));
            return Terminal.IsInteractive ? await watch.DrawAsync(cancellationToken) : await watch.PrintAsync(cancellationToken);
        });
        return command;
    }

    private async Task<int> DrawAsync(CancellationToken cancellationToken)
    {
        DescribeTrainingJobResponse? job = null;
        await Terminal.Output.Live(new Text("")).AutoClear(false).StartAsync(async live =>
        {
            while (job is null || !JobQueries.HasEnded(job))
            {
                if (job is not null)
                {
                    await Task.Delay(JobLog.Pause, TimeProvider.System, cancellationToken);
                }

                job = await JobQueries.DescribeAsync(_client, _name, cancellationToken);
                Learn(job, await _log.ReadNewAsync(cancellationToken));
                live.UpdateTarget(Picture(job));
            }
        });
        return JobQueries.Ended(job!);
    }

    // For a file or a pipe: what changes, line by line.
    private async Task<int> PrintAsync(CancellationToken cancellationToken)
    {
        var last = "";
        while (true)
        {
            var job = await JobQueries.DescribeAsync(_client, _name, cancellationToken);
            Learn(job, await _log.ReadNewAsync(cancellationToken));
            var line = $"{job.SecondaryStatus}  {job.SecondaryStatusTransitions?[^1].StatusMessage}  {string.Join("  ", _series.Select(series => $"{series.Key}={Show(series.Value[^1])}"))}".TrimEnd();
            if (line != last)
            {
                Console.Out.WriteLine(line);
                last = line;
            }

            if (JobQueries.HasEnded(job))
            {
                return JobQueries.Ended(job);
            }

            await Task.Delay(JobLog.Pause, TimeProvider.System, cancellationToken);
        }
    }

    private void Learn(DescribeTrainingJobResponse job, IReadOnlyList<string> lines)
    {
        _metrics ??= new MetricReader(job.AlgorithmSpecification?.MetricDefinitions ?? []);
        foreach (var line in lines)
        {
            foreach (var (name, value) in _metrics.Read(line))
            {
                if (!_series.TryGetValue(name, out var values))
                {
                    _series[name] = values = [];
                }

                values.Add(value);
                if (values.Count > MaxValues)
                {
                    // Every second one is kept: the curve stays what it is.
                    _series[name] = [.. values.Where((_, i) => i % 2 == 1)];
                }
            }

            _tail.Enqueue(line);
            if (_tail.Count > LogLines)
            {
                _tail.Dequeue();
            }
        }
    }

    private Rows Picture(DescribeTrainingJobResponse job)
    {
        var took = (job.TrainingEndTime ?? TimeProvider.System.GetUtcNow()) - job.CreationTime;
        var state = job.TrainingJobStatus switch
        {
            TrainingJobStatus.Completed => "green",
            TrainingJobStatus.Failed => "red",
            TrainingJobStatus.InProgress => "blue",
            _ => "yellow",
        };
        List<IRenderable> parts =
        [
            new Markup($"[bold]{Markup.Escape(_name)}[/]  [{state}]{Markup.Escape(job.SecondaryStatus)}[/]  [grey]{Durations.Show(took)}[/]"),
            new Markup($"[grey]{Markup.Escape(job.FailureReason ?? job.SecondaryStatusTransitions?[^1].StatusMessage ?? "")}[/]"),
        ];

        // What is measured on training and validation data belongs into one picture: train:rmse with validation:rmse.
        foreach (var group in _series.GroupBy(series => series.Key[(series.Key.LastIndexOf(':') + 1)..], StringComparer.Ordinal).Take(MaxCharts))
        {
            var curves = group.Select((series, i) => (Name: series.Key, Color: Colours[i % Colours.Length], Values: (IReadOnlyList<double>)series.Value)).ToList();
            parts.Add(new Text(""));
            parts.Add(new Markup(string.Join("   ", curves.Select(curve => $"[{curve.Color.ToMarkup()}]\u2501 {Markup.Escape(curve.Name)} {Show(curve.Values[^1])}[/]"))));
            parts.Add(new BrailleChart(curves, ChartLines));
        }

        if (_tail.Count > 0)
        {
            parts.Add(new Text(""));
            parts.AddRange(_tail.Select(line => new Text(line, new Style(Color.Grey)) { Overflow = Overflow.Ellipsis }));
        }

        return new Rows(parts);
    }

    private static string Show(double value) => value.ToString("0.#####", CultureInfo.InvariantCulture);
}
