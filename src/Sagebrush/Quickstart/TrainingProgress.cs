using System.Globalization;
using System.Text.RegularExpressions;

namespace Sagebrush.Quickstart;

/// <summary>One evaluation line of the training log: what the model scores on the validation channel after a round.</summary>
/// <param name="Round">The boosting round, from 0.</param>
/// <param name="Metrics">The metrics in the order they were asked for.</param>
internal sealed partial record TrainingProgress(int Round, IReadOnlyList<(string Name, double Value)> Metrics)
{
    /// <summary>The metric early stopping watches: the last one.</summary>
    private (string Name, double Value) Watched => Metrics[^1];

    /// <summary>Reads <c>[12]#011train-auc:0.99#011validation-auc:0.98</c>; null when the line is something else.</summary>
    public static TrainingProgress? Parse(string line)
    {
        if (Evaluation().Match(line) is not { Success: true } round)
        {
            return null;
        }

        var metrics = Metric().Matches(line)
            .Select(match => (match.Groups["name"].Value, double.Parse(match.Groups["value"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture)))
            .ToList();
        return metrics.Count == 0 ? null : new(int.Parse(round.Groups["round"].ValueSpan, CultureInfo.InvariantCulture), metrics);
    }

    /// <summary>Whether this round is better than another by the metric early stopping watches, of which less is better.</summary>
    public bool IsBetterThan(TrainingProgress? other) => other is null || Watched.Value < other.Watched.Value;

    public override string ToString() => string.Join(", ", Metrics.Select(metric => string.Create(CultureInfo.InvariantCulture, $"{metric.Name} {metric.Value:0.#####}")));

    [GeneratedRegex(@"\[(?<round>\d{1,9})\](#011|\t)")]
    private static partial Regex Evaluation();

    [GeneratedRegex(@"(#011|\t)validation-(?<name>[\w@.-]+?):(?<value>-?\d+(\.\d+)?([eE][+-]?\d+)?)")]
    private static partial Regex Metric();
}
