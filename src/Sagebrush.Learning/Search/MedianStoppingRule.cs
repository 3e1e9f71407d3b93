namespace Sagebrush.Learning.Search;

/// <summary>
/// Stops a trial whose best value so far is worse than the median of the running averages that ended trials had at the same
/// unit (Golovin et al. 2017, Vizier).
/// </summary>
public static class MedianStoppingRule
{
    /// <summary>Fewer ended trials say too little.</summary>
    public const int LeastTrials = 3;

    /// <summary>Whether to stop the trial.</summary>
    /// <param name="trial">The trial's curve.</param>
    /// <param name="others">Curves of the others.</param>
    public static bool ShouldStop(LearningCurve trial, IEnumerable<LearningCurve> others)
    {
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentNullException.ThrowIfNull(others);
        var units = trial.Values.Count;
        if (units == 0)
        {
            return false;
        }

        var averages = others.Where(other => other.HasEnded && other.Values.Count >= units).Select(other => other.MeanOf(units)).Order().ToArray();
        if (averages.Length < LeastTrials)
        {
            return false;
        }

        var middle = averages.Length / 2;
        var median = averages.Length % 2 == 1 ? averages[middle] : (averages[middle - 1] + averages[middle]) / 2;
        return trial.BestOf(units) > median;
    }
}
