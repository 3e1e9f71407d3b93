using System.Globalization;
using System.Text.RegularExpressions;

namespace Sagebrush.Quickstart;

/// <summary>One evaluation line of the training log.</summary>
/// <param name="Round">The boosting round, from 0.</param>
/// <param name="Metric">The metric's name.</param>
/// <param name="Value">Its value on the validation channel.</param>
internal readonly partial record struct TrainingProgress(int Round, string Metric, double Value)
{
    /// <summary>Whether a greater value is a better one.</summary>
    public bool GreaterIsBetter => Metric is "auc" or "aucpr" or "map" or "ndcg";

    /// <summary>Reads <c>[12]#011train-auc:0.99#011validation-auc:0.98</c>; null when the line is something else.</summary>
    public static TrainingProgress? Parse(string line) => Evaluation().Match(line) is { Success: true } match
        ? new(
            int.Parse(match.Groups["round"].ValueSpan, CultureInfo.InvariantCulture),
            match.Groups["metric"].Value,
            double.Parse(match.Groups["value"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture))
        : null;

    [GeneratedRegex(@"\[(?<round>\d{1,9})\].*?validation-(?<metric>[\w@.-]+?):(?<value>-?\d+(\.\d+)?([eE][+-]?\d+)?)")]
    private static partial Regex Evaluation();
}
