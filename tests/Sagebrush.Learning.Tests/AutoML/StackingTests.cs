using Sagebrush.Learning.AutoML;
using Sagebrush.Learning.Features;
using Sagebrush.Learning.Metrics;
using Sagebrush.Learning.Tables.Typed;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.AutoML;

/// <summary>Whole searches over small tables: what candidates that stand on others see, and what becomes of them.</summary>
public sealed class StackingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_LabelsOfPureChance_AreNotForeseenByCandidatesThatStandOnOthers()
    {
        var random = new Random(3);
        var rows = new (double X, double Z, int Kind, bool Label)[600];
        foreach (ref var row in rows.AsSpan())
        {
            row = (random.NextDouble(), random.NextDouble(), random.Next(30), random.Next(2) == 0);
        }

        // Any label that found its way to the second level would be found there. Those below watch the rows they are judged by, which makes them look a little better than chance.
        var (result, _) = Run(rows);

        Candidate[] stacked = [.. result.Candidates.Where(candidate => candidate.Spec is { Inputs.Count: > 0 })];
        Assert.Equal(2, stacked.Length);
        var below = result.Candidates.Where(candidate => candidate.Spec is { Inputs.Count: 0 }).Max(candidate => candidate.Metrics["AUC"]);
        Assert.InRange(below, 0.5, 0.65);
        Assert.All(stacked, candidate => Assert.InRange(candidate.Metrics["AUC"], 0.4, below + 0.04));
    }

    [Fact]
    public void Run_CandidateThatStandsOnOthers_KnowsWhatTheyKnowAndDeploys()
    {
        var random = new Random(4);
        (double X, double Z, int Kind, bool Label) Row()
        {
            var (x, z, kind) = ((random.NextDouble() * 4) - 2, (random.NextDouble() * 4) - 2, random.Next(12));
            var score = (1.5 * x) + (2 * Math.Sin(3 * z)) + (kind % 3) - 1;
            return (x, z, kind, random.NextDouble() < 1 / (1 + Math.Exp(-2 * score)));
        }

        (double X, double Z, int Kind, bool Label)[] rows = [.. Enumerable.Range(0, 600).Select(_ => Row())];
        (double X, double Z, int Kind, bool Label)[] held = [.. Enumerable.Range(0, 900).Select(_ => Row())];
        var (result, models) = Run(rows);
        var stacked = result.Candidates.First(candidate => candidate.Spec is { Inputs.Count: > 0 });
        Candidate[] below = [.. result.Candidates.Where(candidate => candidate.Spec is { Inputs.Count: 0 })];
        Assert.InRange(stacked.Loss, 0, (below.Min(candidate => candidate.Loss) * 0.9) + (below.Max(candidate => candidate.Loss) * 0.1));

        var model = models[stacked.Number](Path.Join(_folder.Path, "stacked"));
        float[] labels = [.. held.Select(row => row.Label ? 1f : 0f)];
        var outputs = model.Predict(Table(held, target: false));
        Assert.InRange(ProbabilityMetrics.RocAuc(labels, outputs), stacked.Metrics["AUC"] - 0.04, 1);
        Assert.InRange(ProbabilityMetrics.LogLoss(labels, outputs), 0, stacked.Metrics["LogLoss"] * 1.2);

        // A row by itself, and the model after it was copied, say the same.
        model.CopyTo(Path.Join(_folder.Path, "copy"));
        Assert.Equal(outputs[..1], AutopilotModel.Load(Path.Join(_folder.Path, "copy")).Predict(Table(held[..1], target: false)));

        // The same search over what is stored goes no other way.
        var again = Run(rows).Result;
        Assert.Equal(result.Best.Weights, again.Best.Weights);
        Assert.Equal(result.JudgedOutputs, again.JudgedOutputs);
    }

    [Fact]
    public void Run_CandidateThatSaysNothing_IsGivenUpAfterItsFirstFold()
    {
        var random = new Random(5);
        (double X, double Z, int Kind, bool Label)[] rows = [.. Enumerable.Range(0, 1700).Select(_ => (random.NextDouble(), random.NextDouble(), random.Next(5), false)).Select(row => (row.Item1, row.Item2, row.Item3, row.Item1 > 0.5))];
        CandidateSpec Boost(double eta, int depth) => new()
        {
            Algorithm = "xgboost", Features = FeatureStyle.Trees, Parameters = new Dictionary<string, double> { ["eta"] = eta, ["max_depth"] = depth, ["min_child_weight"] = depth == 1 ? 1000 : 1 },
        };
        var table = Table(rows, target: true);
        var options = Options() with { Candidates = [Boost(0.2, 4), Boost(0.01, 1), Boost(0.1, 3)], Algorithms = new HashSet<string>() };
        var result = new AutopilotEngine(options, table, new Observer(), TimeProvider.System).Run(TestContext.Current.CancellationToken);

        Assert.Equal([false, true, false], result.Candidates.Take(3).Select(candidate => candidate.IsGivenUp));
        Assert.Contains("Given up after its first fold", result.Candidates[1].Failure, StringComparison.Ordinal);
        Assert.False(File.Exists(new CandidateStore(_folder.Path).ModelPath(2, 1)));
        Assert.DoesNotContain(2, result.Best.Weights.Keys);
    }

    [Theory]
    [InlineData("lightgbm", FeatureStyle.Codes, "learning_rate", 0.6)]
    [InlineData("mlp", FeatureStyle.Codes, "width", 24)]
    [InlineData("knn", FeatureStyle.Components, "k", 15)]
    [InlineData("linear-learner", FeatureStyle.Components, "epochs", 10)]
    public void Run_LearnerAndItsFeatures_LearnsTextsNumbersAndCategoriesAndDeploys(string algorithm, FeatureStyle style, string parameter, double value)
    {
        var random = new Random(6);
        (double X, double Z, int Kind, bool Label)[] rows =
        [
            .. Enumerable.Range(0, 300).Select(i => (X: random.NextDouble(), Z: i % 11 == 0 ? double.NaN : random.NextDouble(), Kind: random.Next(6))).Select(row => (row.X, row.Z, row.Kind, row.X + (row.Kind % 2) > 1)),
        ];
        var options = Options() with { Candidates = [new() { Algorithm = algorithm, Features = style, Parameters = new Dictionary<string, double> { [parameter] = value } }], Algorithms = new HashSet<string>() };
        var result = new AutopilotEngine(options, Table(rows, target: true), new Observer(), TimeProvider.System).Run(TestContext.Current.CancellationToken);

        Assert.Null(result.Candidates[0].Failure);
        Assert.InRange(result.Best.Metrics["AUC"], 0.9, 1);
        var outputs = result.Model(Path.Join(_folder.Path, "model")).Predict(Table([(0.9, double.NaN, 1, true), (0.1, 0.5, 0, false), (0.5, 0.5, 99, false)], target: false));
        Assert.True(outputs[0] > 0.5, $"{outputs[0]}");
        Assert.True(outputs[1] < 0.5, $"{outputs[1]}");
        Assert.InRange(outputs[2], 0, 1);
    }

    private static TypedTable Table((double X, double Z, int Kind, bool Label)[] rows, bool target)
    {
        string[] kinds = [.. rows.Select(row => $"kind {row.Kind}").Distinct()];
        List<TableColumn> columns =
        [
            new("x", [.. rows.Select(row => row.X)]), new("z", [.. rows.Select(row => row.Z)]), new("kind", [.. rows.Select(row => Array.IndexOf(kinds, $"kind {row.Kind}"))], kinds),
        ];
        if (target)
        {
            columns.Add(new("y", [.. rows.Select(row => row.Label ? 1 : 0)], ["no", "yes"]));
        }

        return new(columns, rows.Length);
    }

    private AutopilotOptions Options() => new()
    {
        Target = "y", Objective = AutopilotObjective.Find("AUC"), Mode = AutopilotMode.Ensembling, TimeBudget = TimeSpan.FromHours(1), Threads = 1, StateFolder = _folder.Path,
    };

    /// <summary>Two candidates, and two that stand on them.</summary>
    private (AutopilotResult Result, Dictionary<int, Func<string, AutopilotModel>> Models) Run((double X, double Z, int Kind, bool Label)[] rows)
    {
        var observer = new Observer();
        var boost = new CandidateSpec { Algorithm = "xgboost", Features = FeatureStyle.TreesOfTarget, Parameters = new Dictionary<string, double> { ["eta"] = 0.3, ["max_depth"] = 3 } };
        var linear = new CandidateSpec { Algorithm = "linear-learner", Features = FeatureStyle.Scaled, Parameters = new Dictionary<string, double> { ["epochs"] = 10, ["models"] = 2 } };
        var options = Options() with { Candidates = [boost, linear, linear with { Features = FeatureStyle.Predictions, Inputs = [1, 2] }, boost with { Inputs = [1, 2] }] };
        return (new AutopilotEngine(options, Table(rows, target: true), observer, TimeProvider.System).Run(TestContext.Current.CancellationToken), observer.Models);
    }

    private sealed class Observer : IAutopilotObserver
    {
        public Dictionary<int, Func<string, AutopilotModel>> Models { get; } = [];

        public void Entered(AutopilotStage stage)
        {
        }

        public void Analyzed(AutopilotAnalysis analysis)
        {
        }

        public void Tried(Candidate candidate, Func<string, AutopilotModel> model) => Models[candidate.Number] = model;
    }
}
