using System.Runtime.Intrinsics;
using Sagebrush.Learning.Numerics;

namespace Sagebrush.Learning.Trees.Boosting;

/// <summary>Chooses the rows and features that a round learns from; what is random depends on the seed and the round alone.</summary>
internal sealed class RowSampler(GradientBoostingOptions options, int rowCount, int featureCount)
{
    private readonly int[] _rows = [.. Enumerable.Range(0, rowCount)];
    private int _bagRound = -1;
    private int[] _bag = [];

    /// <summary>The features of a tree.</summary>
    public int[] Features(int round, int output)
    {
        var count = Math.Max(1, (int)Math.Round(featureCount * options.FeatureFraction));
        if (count >= featureCount)
        {
            return [.. Enumerable.Range(0, featureCount)];
        }

        var chosen = new RandomStream(options.Seed, (((long)round * options.OutputCount) + output) * 3).Sample(featureCount, count);
        Array.Sort(chosen);
        return chosen;
    }

    /// <summary>The rows of a round in ascending order. Where they are chosen by gradient, those of the rows drawn are made larger in proportion.</summary>
    public ReadOnlyMemory<int> Rows(int round, Vector128<double>[][] derivatives)
    {
        if (options.SamplesByGradient)
        {
            // The first trees see all rows: their gradients do not tell yet which are hard (as LightGBM).
            return round < 1 / options.LearningRate ? _rows : ByGradient(round, derivatives);
        }

        if (options.BaggingFrequency <= 0 || options.BaggingFraction >= 1)
        {
            return _rows;
        }

        var bagRound = round - (round % options.BaggingFrequency);
        if (bagRound != _bagRound)
        {
            _bagRound = bagRound;
            _bag = new RandomStream(options.Seed, ((long)bagRound * 3) + 1).Sample(rowCount, Math.Max(1, (int)(rowCount * options.BaggingFraction)));
            Array.Sort(_bag);
        }

        return _bag;
    }

    private int[] ByGradient(int round, Vector128<double>[][] derivatives)
    {
        var sizes = new double[rowCount];
        foreach (var output in derivatives)
        {
            for (var row = 0; row < sizes.Length; row++)
            {
                sizes[row] += Math.Abs(output[row][0] * output[row][1]);
            }
        }

        var sorted = (double[])sizes.Clone();
        Array.Sort(sorted);
        var top = Math.Max(1, (int)(rowCount * options.TopRate));
        var least = sorted[rowCount - top];
        var chance = Math.Min(1, options.OtherRate / (1 - options.TopRate));
        var factor = (1 - options.TopRate) / options.OtherRate;
        var random = new RandomStream(options.Seed, ((long)round * 3) + 2);
        List<int> chosen = new(rowCount);
        for (var row = 0; row < sizes.Length; row++)
        {
            if (sizes[row] >= least)
            {
                chosen.Add(row);
            }
            else if (random.NextDouble() < chance)
            {
                chosen.Add(row);
                foreach (var output in derivatives)
                {
                    output[row] *= factor;
                }
            }
        }

        return [.. chosen];
    }
}
