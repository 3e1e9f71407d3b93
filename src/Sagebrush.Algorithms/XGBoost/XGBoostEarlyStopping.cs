using System.Globalization;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>Watches the validation metric and says when it has stopped improving; the best round is kept with the model.</summary>
/// <remarks>As XGBoost's EarlyStopping callback: an improvement is strict, and the last metric counts unless one is named.</remarks>
internal sealed class XGBoostEarlyStopping(int patience, string? metric)
{
    private const string BestIterationAttribute = "best_iteration";
    private const string BestScoreAttribute = "best_score";

    private double _bestScore = double.NaN;

    /// <summary>The round with the best score so far, -1 before the first.</summary>
    public int BestIteration { get; private set; } = -1;

    /// <summary>Takes up where the training that left a checkpoint was.</summary>
    public void Resume(Booster booster)
    {
        if (int.TryParse(booster.GetAttribute(BestIterationAttribute), CultureInfo.InvariantCulture, out var iteration)
            && double.TryParse(booster.GetAttribute(BestScoreAttribute), CultureInfo.InvariantCulture, out var score))
        {
            BestIteration = iteration;
            _bestScore = score;
        }
    }

    /// <summary>Takes in a round's metrics.</summary>
    /// <returns>Whether training should go on.</returns>
    public bool Observe(Booster booster, int iteration, IReadOnlyList<EvaluatedMetric> metrics)
    {
        var found = metrics.Where(m => m.DataSet == "validation").ToList();
        var watched = found.Exists(m => m.Metric == metric) ? found.Find(m => m.Metric == metric) : found[^1];
        var better = BestIteration < 0
            || (XGBoostMetrics.IsMaximized(watched.Metric) ? watched.Value > _bestScore : watched.Value < _bestScore);
        if (better)
        {
            BestIteration = iteration;
            _bestScore = watched.Value;
            booster.SetAttribute(BestIterationAttribute, iteration.ToString(CultureInfo.InvariantCulture));
            booster.SetAttribute(BestScoreAttribute, watched.Value.ToString("R", CultureInfo.InvariantCulture));
        }

        return iteration - BestIteration < patience;
    }
}
