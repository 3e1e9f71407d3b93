namespace Sagebrush.Learning.Search;

/// <summary>What a search knows when it is asked for its next point.</summary>
/// <param name="Completed">Points with their values.</param>
/// <param name="Pending">Points that are being tried.</param>
/// <param name="Proposed">How many points were proposed so far, whatever became of them.</param>
public sealed record SearchHistory(IReadOnlyList<Evaluation> Completed, IReadOnlyList<double[]> Pending, int Proposed)
{
    /// <summary>Nothing was tried yet.</summary>
    public static SearchHistory Empty { get; } = new([], [], 0);

    /// <summary>Whether a point was tried on the task at hand, or is being tried.</summary>
    public bool Knows(ReadOnlySpan<double> point)
    {
        foreach (var pending in Pending)
        {
            if (point.SequenceEqual(pending))
            {
                return true;
            }
        }

        foreach (var evaluation in Completed)
        {
            if (evaluation.Task == 0 && point.SequenceEqual(evaluation.Point))
            {
                return true;
            }
        }

        return false;
    }
}
