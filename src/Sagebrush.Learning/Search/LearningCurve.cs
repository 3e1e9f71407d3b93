namespace Sagebrush.Learning.Search;

/// <summary>What a trial showed after each unit of its resource (an epoch, a round); smaller is better.</summary>
/// <param name="Values">The first is after one unit.</param>
/// <param name="HasEnded">Whether the trial has gone its whole way.</param>
/// <param name="Bracket">Which of Hyperband's brackets it is in.</param>
public sealed record LearningCurve(IReadOnlyList<double> Values, bool HasEnded, int Bracket = 0)
{
    /// <summary>The best value of the first units.</summary>
    internal double BestOf(int units)
    {
        var best = double.PositiveInfinity;
        for (var i = 0; i < units; i++)
        {
            best = Math.Min(best, Values[i]);
        }

        return best;
    }

    /// <summary>The mean of the first units.</summary>
    internal double MeanOf(int units)
    {
        var sum = 0.0;
        for (var i = 0; i < units; i++)
        {
            sum += Values[i];
        }

        return sum / units;
    }
}
