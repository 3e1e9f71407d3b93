using System.Globalization;
using System.Text.Json.Nodes;
using Sagebrush.Contracts.SageMaker;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sagebrush.CommandLine;

/// <summary>AutoML jobs and their candidates as people and programs read them.</summary>
internal static class AutoMLPicture
{
    /// <summary>A list of AutoML jobs.</summary>
    public static Table Of(IReadOnlyList<DescribeAutoMLJobV2Response> jobs)
    {
        var table = TablePicture.New("AutoML job", "Status", "Step", "Best", "Created");
        foreach (var job in jobs)
        {
            table.AddRow(
                Markup.Escape(job.AutoMLJobName),
                JobPicture.Status(job.AutoMLJobStatus),
                Markup.Escape(job.AutoMLJobSecondaryStatus),
                Markup.Escape(Metric(job.BestCandidate) ?? job.FailureReason ?? ""),
                TablePicture.Time(job.CreationTime));
        }

        return table;
    }

    /// <summary>One AutoML job with its best candidates.</summary>
    public static IRenderable Of(DescribeAutoMLJobV2Response job, IReadOnlyList<AutoMLCandidate> candidates)
    {
        var table = TablePicture.New("Candidate", "Status", job.BestCandidate?.FinalAutoMLJobObjectiveMetric?.MetricName ?? "Objective", "Seconds");
        foreach (var candidate in candidates)
        {
            var isBest = candidate.CandidateName == job.BestCandidate?.CandidateName;
            table.AddRow(
                JobPicture.Best(candidate.CandidateName, isBest),
                JobPicture.Status(candidate.CandidateStatus),
                JobPicture.Best(Value(candidate) ?? "", isBest),
                candidate.EndTime is { } end ? (end - candidate.CreationTime).TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) : "");
        }

        var best = JobPicture.Best(Metric(job.BestCandidate));
        var failure = job.FailureReason is { } reason ? $"  {Markup.Escape(reason)}" : "";
        return new Rows([new Markup($"[bold]{Markup.Escape(job.AutoMLJobName)}[/]  {JobPicture.Status(job.AutoMLJobStatus)}  {Markup.Escape(job.AutoMLJobSecondaryStatus)}{best}{failure}"), table]);
    }

    /// <summary>An AutoML job for a program.</summary>
    public static JsonObject Json(DescribeAutoMLJobV2Response job) => new()
    {
        ["name"] = job.AutoMLJobName,
        ["arn"] = job.AutoMLJobArn,
        ["status"] = job.AutoMLJobStatus,
        ["step"] = job.AutoMLJobSecondaryStatus,
        ["best"] = job.BestCandidate is { } best ? Json(best) : null,
        ["failureReason"] = job.FailureReason,
    };

    /// <summary>A candidate for a program.</summary>
    public static JsonObject Json(AutoMLCandidate candidate) => new()
    {
        ["name"] = candidate.CandidateName,
        ["status"] = candidate.CandidateStatus,
        ["metric"] = candidate.FinalAutoMLJobObjectiveMetric?.MetricName,
        ["value"] = candidate.FinalAutoMLJobObjectiveMetric?.Value,
        ["failureReason"] = candidate.FailureReason,
    };

    private static string? Metric(AutoMLCandidate? candidate) =>
        candidate is not null && Value(candidate) is { } value ? $"{candidate.FinalAutoMLJobObjectiveMetric!.MetricName} {value}" : null;

    private static string? Value(AutoMLCandidate candidate) => candidate.FinalAutoMLJobObjectiveMetric is { } metric ? JobPicture.Value(metric.Value) : null;
}
