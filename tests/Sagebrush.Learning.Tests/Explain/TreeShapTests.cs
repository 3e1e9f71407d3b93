using Sagebrush.Learning.Explain;
using Sagebrush.Learning.Tests.Trees;
using Sagebrush.Learning.Trees.XGBoost;
using Xunit;

namespace Sagebrush.Learning.Tests.Explain;

/// <summary>Against libxgboost's own SHAP values, and against the definition by all subsets.</summary>
public sealed class TreeShapTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("reg:squarederror", "gbtree")]
    [InlineData("binary:logistic", "gbtree")]
    [InlineData("multi:softprob", "gbtree")]
    [InlineData("reg:squarederror", "dart")]
    public void Explain_RandomModels_AgreesWithLibrary(string objective, string booster)
    {
        for (var seed = 0; seed < 25; seed++)
        {
            using var training = new RandomTraining(seed, objective, booster);
            var expected = training.Booster.PredictContributions(training.Matrix);
            foreach (var format in Enum.GetValues<XGBoostFormat>())
            {
                var shap = new TreeShap(XGBoostModel.Load(training.Booster.Save(format)));
                var actual = new double[training.Rows * shap.ValueCount];
                shap.Explain(training.Values, training.Rows, actual, threads: 2);

                Assert.Equal(expected.Length, actual.Length);
                var largest = Math.Max(1, expected.Max(Math.Abs));
                for (var i = 0; i < actual.Length; i++)
                {
                    Assert.True(Math.Abs(expected[i] - actual[i]) <= Tolerance * largest, $"Seed {seed}, value {i}: {expected[i]} but {actual[i]}");
                }
            }
        }
    }

    [Fact]
    public void Explain_Background_EqualsTheDefinitionOverAllSubsets()
    {
        for (var seed = 0; seed < 8; seed++)
        {
            using var training = new RandomTraining(seed, "reg:squarederror");
            var model = XGBoostModel.Load(training.Booster.Save());
            var (features, row) = (training.Features, training.Values.AsSpan(0, training.Features).ToArray());
            var background = training.Values.AsSpan(features, 3 * features).ToArray();
            var actual = new double[features + 1];
            new TreeShap(model).Explain(row, background, actual);

            var expected = ByDefinition(model, row, background);
            for (var i = 0; i <= features; i++)
            {
                Assert.Equal(expected[i], actual[i], 1e-4);
            }
        }
    }

    [Fact]
    public void Explain_AnyRow_AddsUpToTheMargin()
    {
        using var training = new RandomTraining(3, "binary:logistic");
        var model = XGBoostModel.Load(training.Booster.Save());
        var shap = new TreeShap(model);
        var values = new double[shap.ValueCount];
        var margin = new float[1];
        shap.Explain(training.Values.AsMemory(0, training.Features), 1, values);
        model.PredictMargin(training.Values.AsSpan(0, training.Features), margin);

        Assert.Equal(margin[0], values.Sum(), 1e-4);
    }

    private static double[] ByDefinition(XGBoostModel model, float[] row, float[] background)
    {
        var features = row.Length;
        var games = new double[1 << features];
        var mixed = new float[features];
        var margin = new float[1];
        for (var set = 0; set < games.Length; set++)
        {
            for (var start = 0; start < background.Length; start += features)
            {
                for (var i = 0; i < features; i++)
                {
                    mixed[i] = (set >> i & 1) == 1 ? row[i] : background[start + i];
                }

                model.PredictMargin(mixed, margin);
                games[set] += margin[0] / (background.Length / features);
            }
        }

        var values = new double[features + 1];
        for (var set = 0; set < games.Length; set++)
        {
            for (var i = 0; i < features; i++)
            {
                if ((set >> i & 1) == 0)
                {
                    var size = System.Numerics.BitOperations.PopCount((uint)set);
                    values[i] += (games[set | 1 << i] - games[set]) * Factorial(size) * Factorial(features - size - 1) / Factorial(features);
                }
            }
        }

        values[features] = games[0];
        return values;
    }

    private static double Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);
}
