using System.Runtime.Intrinsics;
using Sagebrush.Learning.Trees.Binning;

namespace Sagebrush.Learning.Trees.Boosting;

/// <summary>Finds the best split of a leaf from its histograms (Ke et al. 2017; groups of categories by Fisher 1958).</summary>
internal sealed class SplitFinder(BinnedTable table, GradientBoostingOptions options)
{
    /// <summary>Finds the best split by one feature.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="histograms">The leaf's histograms.</param>
    /// <param name="total">Sum of gradients and hessians over the leaf.</param>
    /// <param name="rows">Number of rows in the leaf.</param>
    public LeafSplit Find(int feature, LeafHistograms histograms, Vector128<double> total, int rows)
    {
        var search = new Search(options, feature, total, rows);
        var bins = table.Features[feature];
        var sums = histograms.Of(feature);
        if (!bins.IsCategorical)
        {
            FindThreshold(sums, bins.Count, ref search);
        }
        else if (bins.Count <= options.MaxOneHotCategories)
        {
            for (var bin = 0; bin < bins.Count; bin++)
            {
                search.Offer(sums[bin], new() { LeftBins = [bin], L2 = options.L2 });
            }
        }
        else
        {
            FindGroup(sums[..bins.Count], ref search);
        }

        return search.Best;
    }

    /// <summary>The value of a leaf: a Newton step.</summary>
    public double Value(Vector128<double> sum, double l2)
    {
        var value = -Soft(sum[0], options.L1) / (sum[1] + l2);
        return options.MaxDeltaStep > 0 ? Math.Clamp(value, -options.MaxDeltaStep, options.MaxDeltaStep) : value;
    }

    private static double Soft(double gradient, double l1) => l1 == 0 ? gradient : Math.Sign(gradient) * Math.Max(0, Math.Abs(gradient) - l1);

    private void FindThreshold(ReadOnlySpan<Vector128<double>> sums, int bins, ref Search search)
    {
        var missing = sums[FeatureBins.Missing];
        var left = Vector128<double>.Zero;
        var hasMissing = search.Rows(missing) > 0;
        for (var bin = 0; bin < bins; bin++)
        {
            if (sums[bin][1] == 0 && sums[bin][0] == 0)
            {
                continue;
            }

            left += sums[bin];
            if (bin < bins - 1 || hasMissing)
            {
                search.Offer(left, new() { LastLeft = bin, L2 = options.L2 });
                if (hasMissing)
                {
                    search.Offer(left + missing, new() { LastLeft = bin, MissingLeft = true, L2 = options.L2 });
                }
            }
        }
    }

    // Sorted by the ratio of gradients and hessians, the best of all groups is one of neighbours; it grows from both ends.
    private void FindGroup(ReadOnlySpan<Vector128<double>> sums, ref Search search)
    {
        Span<(double Ratio, int Bin)> sorted = stackalloc (double, int)[FeatureBins.Most];
        var count = 0;
        for (var bin = 0; bin < sums.Length; bin++)
        {
            if (search.Rows(sums[bin]) >= options.CategorySmoothing)
            {
                sorted[count++] = (sums[bin][0] / (sums[bin][1] + options.CategorySmoothing), bin);
            }
        }

        sorted = sorted[..count];
        sorted.Sort();
        for (var side = 0; side < 2; side++)
        {
            var left = Vector128<double>.Zero;
            var grown = 0;
            for (var i = 0; i < count && i < Math.Min(options.MaxCategories, (count + 1) / 2); i++)
            {
                var sum = sums[sorted[side == 0 ? i : count - 1 - i].Bin];
                left += sum;
                grown += search.Rows(sum);
                if (grown < options.MinGroupRows || !search.Offer(left, new() { L2 = options.L2 + options.CategoryL2 }))
                {
                    continue;
                }

                grown = 0;
                if (search.IsNewBest)
                {
                    search.Name(side == 0 ? sorted[..(i + 1)] : sorted[(count - 1 - i)..]);
                }
            }
        }
    }

    private struct Search(GradientBoostingOptions options, int feature, Vector128<double> total, int rows)
    {
        private readonly double _rowsPerHessian = rows / total[1];
        private readonly double _least = Gain(total, options.L1, options.L2) + options.MinGain;

        public LeafSplit Best { get; private set; } = LeafSplit.None;

        public bool IsNewBest { get; private set; }

        public readonly int Rows(Vector128<double> sum) => (int)Math.Round(sum[1] * _rowsPerHessian);

        /// <summary>Judges a split.</summary>
        /// <returns>Whether both sides are large enough.</returns>
        public bool Offer(Vector128<double> left, LeafSplit split)
        {
            var right = total - left;
            IsNewBest = false;
            var leftRows = Rows(left);
            if (leftRows < options.MinLeafRows || rows - leftRows < options.MinLeafRows || left[1] < options.MinLeafHessian || right[1] < options.MinLeafHessian)
            {
                return false;
            }

            var gain = Gain(left, options.L1, split.L2) + Gain(right, options.L1, split.L2) - _least;
            if (gain > Best.Gain && gain > 1e-12)
            {
                split.Feature = feature;
                split.Gain = gain;
                split.Left = left;
                split.Right = right;
                Best = split;
                IsNewBest = true;
            }

            return true;
        }

        /// <summary>Tells which categories the best split has on its left.</summary>
        public void Name(ReadOnlySpan<(double Ratio, int Bin)> group)
        {
            var bins = new int[group.Length];
            for (var i = 0; i < bins.Length; i++)
            {
                bins[i] = group[i].Bin;
            }

            Best = Best with { LeftBins = bins };
        }

        private static double Gain(Vector128<double> sum, double l1, double l2)
        {
            var gradient = Soft(sum[0], l1);
            return gradient * gradient / (sum[1] + l2);
        }
    }
}
