namespace Sagebrush.Learning.Bias;

/// <summary>The measures of bias of SageMaker Clarify (Das et al. 2021, "Fairness Measures for Machine Learning in Finance").</summary>
public static class BiasMetrics
{
    private const int Neighbors = 5;
    private const int FewRows = 10;

    /// <summary>Those of labels, by name.</summary>
    public static IReadOnlyList<BiasMetric> PreTraining { get; } =
    [
        new("CDDL", "Conditional Demographic Disparity in Labels (CDDL)", groups => Disparity(groups, groups.IsPositive)),
        new("CI", "Class Imbalance (CI)", groups => Count(groups, (_, d) => d) is var (n, d) ? (n - (2.0 * d)) / n : 0),
        new("DPL", "Difference in Positive Proportions in Labels (DPL)", groups => Difference(groups, groups.IsPositive)),
        new("JS", "Jensen-Shannon Divergence (JS)", groups => Over(groups, pairs => pairs.Sum(p => (Term(p.A, (p.A + p.D) / 2) + Term(p.D, (p.A + p.D) / 2)) / 2))),
        new("KL", "Kullback-Liebler Divergence (KL)", groups => Over(groups, pairs => pairs.Sum(p => Term(p.A, p.D)))),
        new("KS", "Kolmogorov-Smirnov Distance (KS)", groups => Over(groups, pairs => pairs.Max(p => Math.Abs(p.A - p.D)))),
        new("LP", "L-p Norm (LP)", groups => Over(groups, pairs => Math.Sqrt(pairs.Sum(p => (p.A - p.D) * (p.A - p.D))))),
        new("TVD", "Total Variation Distance (TVD)", groups => Over(groups, pairs => pairs.Sum(p => Math.Abs(p.A - p.D)) / 2)),
    ];

    /// <summary>Those of predicted labels, by name.</summary>
    public static IReadOnlyList<BiasMetric> PostTraining { get; } =
    [
        new("AD", "Accuracy Difference (AD)", groups => Compare(groups, (a, d) => Gap(Ratio(a.TP + a.TN, a.N), Ratio(d.TP + d.TN, d.N)))),
        new("CDDPL", "Conditional Demographic Disparity in Predicted Labels (CDDPL)", groups => Disparity(groups, Predicted(groups))),
        new("DAR", "Difference in Acceptance Rates (DAR)", groups => Compare(groups, (a, d) => Gap(Ratio(a.TP, a.TP + a.FP), Ratio(d.TP, d.TP + d.FP)))),
        new("DCA", "Difference in Conditional Acceptance (DCA)", groups => Compare(groups, (a, d) => Gap(Ratio(a.TP + a.FN, a.TP + a.FP), Ratio(d.TP + d.FN, d.TP + d.FP)))),
        new("DCR", "Difference in Conditional Rejection (DCR)", groups => Compare(groups, (a, d) => Gap(Ratio(d.TN + d.FP, d.TN + d.FN), Ratio(a.TN + a.FP, a.TN + a.FN)))),
        new("DI", "Disparate Impact (DI)", groups => Compare(groups, (a, d) => Ratio(Ratio(d.TP + d.FP, d.N), Ratio(a.TP + a.FP, a.N)))),
        new("DPPL", "Difference in Positive Proportions in Predicted Labels (DPPL)", groups => Difference(groups, Predicted(groups))),
        new("DRR", "Difference in Rejection Rates (DRR)", groups => Compare(groups, (a, d) => Gap(Ratio(d.TN, d.TN + d.FN), Ratio(a.TN, a.TN + a.FN)))),
        new("FT", "Flip Test (FT)", FlipTest),
        new("GE", "Generalized Entropy (GE)", Entropy),
        new("RD", "Recall Difference (RD)", groups => Compare(groups, (a, d) => Gap(Ratio(a.TP, a.TP + a.FN), Ratio(d.TP, d.TP + d.FN)))),
        new("SD", "Specificity Difference (SD)", groups => Compare(groups, (a, d) => Gap(Ratio(d.TN, d.TN + d.FP), Ratio(a.TN, a.TN + a.FP)))),
        new("TE", "Treatment Equality (TE)", groups => Compare(groups, (a, d) => Gap(Ratio(d.FN, d.FP), Ratio(a.FN, a.FP)))),
    ];

    private static IReadOnlyList<bool> Predicted(BiasGroups groups) =>
        groups.IsPredictedPositive ?? throw new BiasMetricException("There are no predicted labels.");

    // 0 / 0 counts as 0, and what cannot be divided as infinite, as Clarify has it.
    private static double Ratio(double a, double b) => b != 0 ? a / b : a == 0 ? 0 : a < 0 ? double.NegativeInfinity : double.PositiveInfinity;

    private static double Gap(double a, double b) => a == b ? 0 : a - b;

    private static double Term(double p, double q) => p * Math.Log(p / q);

    private static (int Rows, int Sensitive) Count(BiasGroups groups, Func<int, bool, bool> counts)
    {
        var sensitive = 0;
        for (var row = 0; row < groups.IsSensitive.Count; row++)
        {
            sensitive += counts(row, groups.IsSensitive[row]) ? 1 : 0;
        }

        return sensitive == 0 ? throw new BiasMetricException("Facet set is empty.")
            : sensitive == groups.IsSensitive.Count ? throw new BiasMetricException("Negated facet set is empty.")
            : (groups.IsSensitive.Count, sensitive);
    }

    private static (double A, double D) Shares(BiasGroups groups, IReadOnlyList<bool> outcome)
    {
        var (rows, sensitive) = Count(groups, (_, d) => d);
        var (a, d) = (0, 0);
        for (var row = 0; row < rows; row++)
        {
            a += outcome[row] && !groups.IsSensitive[row] ? 1 : 0;
            d += outcome[row] && groups.IsSensitive[row] ? 1 : 0;
        }

        return (a / (double)(rows - sensitive), d / (double)sensitive);
    }

    private static double Difference(BiasGroups groups, IReadOnlyList<bool> outcome) => Shares(groups, outcome) is var (a, d) ? a - d : 0;

    // The shares of both outcomes in both groups, where neither group lacks the outcome.
    private static double Over(BiasGroups groups, Func<List<(double A, double D)>, double> measure)
    {
        var (a, d) = Shares(groups, groups.IsPositive);
        var pairs = ((List<(double A, double D)>)[(1 - a, 1 - d), (a, d)]).FindAll(pair => pair is { A: > 0, D: > 0 });
        return pairs.Count > 0 ? measure(pairs) : throw new BiasMetricException("No instance of common facet found, dataset may be too small");
    }

    private static double Disparity(BiasGroups groups, IReadOnlyList<bool> outcome)
    {
        var subgroups = groups.Subgroups ?? throw new BiasMetricException("Group variable is empty or not provided");
        if (!outcome.Contains(true) || !outcome.Contains(false))
        {
            throw new BiasMetricException(outcome.Contains(true) ? "No negative labels in set" : "No positive labels in set");
        }

        Dictionary<string, (int Rows, int Accepted, int AcceptedSensitive, int RejectedSensitive)> counts = new(StringComparer.Ordinal);
        for (var row = 0; row < outcome.Count; row++)
        {
            var (rows, accepted, acceptedSensitive, rejectedSensitive) = counts.GetValueOrDefault(subgroups[row]);
            counts[subgroups[row]] = (
                rows + 1,
                accepted + (outcome[row] ? 1 : 0),
                acceptedSensitive + (outcome[row] && groups.IsSensitive[row] ? 1 : 0),
                rejectedSensitive + (!outcome[row] && groups.IsSensitive[row] ? 1 : 0));
        }

        return counts.Values.Sum(each => each.Rows * (Ratio(each.RejectedSensitive, each.Rows - each.Accepted) - Ratio(each.AcceptedSensitive, each.Accepted))) / outcome.Count;
    }

    private static double Compare(BiasGroups groups, Func<Confusion, Confusion, double> compare)
    {
        Count(groups, (_, d) => d);
        var predicted = Predicted(groups);
        Confusion a = default, d = default;
        for (var row = 0; row < predicted.Count; row++)
        {
            ref var mine = ref groups.IsSensitive[row] ? ref d : ref a;
            mine.Add(groups.IsPositive[row], predicted[row]);
        }

        return compare(a, d);
    }

    // Half the squared coefficient of variation of the benefits: 2 for a false positive, 1 where the prediction is right, 0 for a false negative.
    private static double Entropy(BiasGroups groups)
    {
        var predicted = Predicted(groups);
        var benefits = predicted.Zip(groups.IsPositive, (guess, truth) => (guess ? 1.0 : 0) - (truth ? 1 : 0) + 1).ToArray();
        var mean = benefits.Average();
        return mean != 0 ? benefits.Average(benefit => (benefit / mean * (benefit / mean)) - 1) / 2 : throw new BiasMetricException("All predicted labels are false negatives.");
    }

    // What the sensitive rows would be predicted if they were like their nearest neighbors among the others (after Black et al. 2020).
    private static double FlipTest(BiasGroups groups)
    {
        var (rows, sensitive) = Count(groups, (_, d) => d);
        var predicted = Predicted(groups);
        var features = groups.Features ?? throw new BiasMetricException("FlipTest does not support non-numeric columns");
        var others = Enumerable.Range(0, rows).Where(row => !groups.IsSensitive[row]).ToArray();
        var count = others.Length > FewRows ? Neighbors : 1;
        var flips = Enumerable.Range(0, rows).Where(row => groups.IsSensitive[row]).AsParallel().Sum(row =>
        {
            Span<(double Distance, int Row)> nearest = stackalloc (double, int)[count];
            nearest.Fill((double.PositiveInfinity, int.MaxValue));
            foreach (var other in others)
            {
                var distance = System.Numerics.Tensors.TensorPrimitives.Distance<double>(features[row], features[other]);
                if (distance < nearest[^1].Distance)
                {
                    nearest[^1] = (distance, other);
                    nearest.Sort();
                }
            }

            var votes = 0;
            foreach (var (_, other) in nearest)
            {
                votes += predicted[other] ? 1 : 0;
            }

            return (predicted[row] ? 1 : 0) - (2 * votes > count ? 1 : 0);
        });
        return flips / (double)sensitive;
    }

    private struct Confusion
    {
        public int TP;
        public int TN;
        public int FP;
        public int FN;

        public readonly int N => TP + TN + FP + FN;

        public void Add(bool truth, bool guess)
        {
            TP += truth && guess ? 1 : 0;
            TN += !truth && !guess ? 1 : 0;
            FP += !truth && guess ? 1 : 0;
            FN += truth && !guess ? 1 : 0;
        }
    }
}
