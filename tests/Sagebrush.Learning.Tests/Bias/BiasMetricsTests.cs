using Sagebrush.Learning.Bias;
using Sagebrush.Learning.Explain;
using Xunit;

namespace Sagebrush.Learning.Tests.Bias;

/// <summary>Against values worked out by hand from the formulae of the Developer Guide.</summary>
public sealed class BiasMetricsTests
{
    // Others (a): TP 4, FN 2, FP 1, TN 3. Sensitive (d): TP 1, FN 2, FP 1, TN 4.
    private static readonly (bool IsSensitive, int TP, int FN, int FP, int TN)[] Counts = [(false, 4, 2, 1, 3), (true, 1, 2, 1, 4)];

    [Theory]
    [InlineData("CI", 2.0 / 18)]
    [InlineData("DPL", 0.6 - 0.375)]
    [InlineData("KS", 0.225)]
    [InlineData("TVD", 0.225)]
    [InlineData("LP", 0.31819805153394637)]
    [InlineData("KL", 0.103487336)]
    [InlineData("JS", 0.025547195)]
    public void PreTraining_KnownCounts_AreTheFormulaes(string name, double expected) =>
        Assert.Equal(expected, Measure(BiasMetrics.PreTraining, name, Groups()), 1e-6);

    [Theory]
    [InlineData("DPPL", 0.5 - 0.25)]
    [InlineData("DI", 0.25 / 0.5)]
    [InlineData("DCA", (6.0 / 5) - (3.0 / 2))]
    [InlineData("DCR", (5.0 / 6) - (4.0 / 5))]
    [InlineData("RD", (4.0 / 6) - (1.0 / 3))]
    [InlineData("SD", (4.0 / 5) - (3.0 / 4))]
    [InlineData("DAR", (4.0 / 5) - (1.0 / 2))]
    [InlineData("DRR", (4.0 / 6) - (3.0 / 5))]
    [InlineData("AD", (7.0 / 10) - (5.0 / 8))]
    [InlineData("TE", 2.0 - 2.0)]
    [InlineData("GE", 0.203125)]
    public void PostTraining_KnownCounts_AreTheFormulaes(string name, double expected) =>
        Assert.Equal(expected, Measure(BiasMetrics.PostTraining, name, Groups()), 1e-6);

    [Fact]
    public void Cddl_TwoSubgroups_WeighsTheirDisparities()
    {
        // Subgroup x: accepted 3 of which 1 sensitive, rejected 1, sensitive. Subgroup y: accepted 1, none sensitive, rejected 3 of which 1.
        bool[] accepted = [true, true, true, false, true, false, false, false];
        bool[] sensitive = [true, false, false, true, false, true, false, false];
        string[] subgroups = ["x", "x", "x", "x", "y", "y", "y", "y"];
        var groups = new BiasGroups { IsSensitive = sensitive, IsPositive = accepted, Subgroups = subgroups };

        Assert.Equal(0.5 * (1 - (1.0 / 3)) + (0.5 * (1.0 / 3)), Measure(BiasMetrics.PreTraining, "CDDL", groups), 1e-12);
        Assert.Contains("Group variable", Assert.Throws<BiasMetricException>(() => Measure(BiasMetrics.PreTraining, "CDDL", groups with { Subgroups = null })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FlipTest_SensitiveRowsLikeFavoredOnes_CountsThoseTheModelTurnsDown()
    {
        // Twelve others: low ones are turned down, high ones accepted. Of four sensitive rows two high ones are turned down.
        bool[] sensitive = [.. Enumerable.Range(0, 16).Select(row => row >= 12)];
        bool[] predicted = [.. Enumerable.Range(0, 12).Select(row => row >= 6), false, false, false, true];
        double[][] features = [.. Enumerable.Range(0, 12).Select(row => new[] { row < 6 ? row / 100.0 : 1 + (row / 100.0) }), [0.0], [1.1], [1.1], [1.1]];
        var groups = new BiasGroups { IsSensitive = sensitive, IsPositive = predicted, IsPredictedPositive = predicted, Features = features };

        Assert.Equal(-0.5, Measure(BiasMetrics.PostTraining, "FT", groups), 1e-12);
    }

    [Fact]
    public void Measure_NobodyIsSensitive_SaysSo()
    {
        var groups = Groups();
        groups = groups with { IsSensitive = new bool[groups.IsPositive.Count] };
        Assert.All(BiasMetrics.PreTraining.Where(metric => metric.Name != "CDDL"), metric => Assert.Throws<BiasMetricException>(() => metric.Measure(groups)));
    }

    [Fact]
    public void Prototypes_TwoKindsOfRows_AreTheirMiddles()
    {
        double[][] rows = [.. Enumerable.Range(0, 20).Select(i => new[] { i < 10 ? i % 2 : 100 + (i % 2), i < 10 ? 0.0 : i == 19 ? 1 : 2 })];
        var found = Prototypes.Find(rows, [true, false], 2, seed: 1).OrderBy(row => row[0]).ToArray();
        Assert.Equal([0.5, 0], found[0]);
        Assert.Equal([100.5, 2], found[1]);
        Assert.Single(Prototypes.Find([[1.0, 1], [1.0, 1]], [true, false], 5, seed: 1));
    }

    private static double Measure(IReadOnlyList<BiasMetric> metrics, string name, BiasGroups groups) => metrics.Single(metric => metric.Name == name).Measure(groups);

    private static BiasGroups Groups()
    {
        List<(bool Sensitive, bool Truth, bool Guess)> rows = [];
        foreach (var (sensitive, tp, fn, fp, tn) in Counts)
        {
            rows.AddRange(Enumerable.Repeat((sensitive, true, true), tp));
            rows.AddRange(Enumerable.Repeat((sensitive, true, false), fn));
            rows.AddRange(Enumerable.Repeat((sensitive, false, true), fp));
            rows.AddRange(Enumerable.Repeat((sensitive, false, false), tn));
        }

        return new()
        {
            IsSensitive = rows.ConvertAll(row => row.Sensitive),
            IsPositive = rows.ConvertAll(row => row.Truth),
            IsPredictedPositive = rows.ConvertAll(row => row.Guess),
        };
    }
}
