using Sagebrush.Learning.Trees.XGBoost;
using Xunit;

namespace Sagebrush.Learning.Tests.Trees;

/// <summary>The evaluator against libxgboost itself, on models it trained from random data and parameters.</summary>
public sealed class XGBoostModelTests
{
    private const float Tolerance = 1e-6f;

    public static TheoryData<string, string> ObjectivesAndBoosters()
    {
        TheoryData<string, string> data = [];
        foreach (var objective in XGBoostObjective.Names)
        {
            data.Add(objective, "gbtree");
            data.Add(objective, "dart");

            // The linear booster cannot fit adaptive leaves.
            if (objective != "reg:absoluteerror")
            {
                data.Add(objective, "gblinear");
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(ObjectivesAndBoosters))]
    public void Predict_RandomModels_AgreesWithLibrary(string objective, string booster)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            using var training = new RandomTraining(seed, objective, booster);
            var expected = training.Booster.Predict(training.Matrix);
            foreach (var format in Enum.GetValues<XGBoostFormat>())
            {
                var model = XGBoostModel.Load(training.Booster.Save(format));

                // The JSON formats store the deprecated name's successor.
                Assert.Equal(
                    objective == "reg:linear" && format != XGBoostFormat.Binary ? "reg:squarederror" : objective, model.Objective.Name);
                Assert.Equal(booster, model.Booster);
                Assert.Equal(training.Features, model.FeatureCount);
                var actual = new float[training.Rows * model.OutputCount];
                model.PredictRows(training.Values, training.Rows, actual);
                AssertClose(expected, actual, seed);

                var single = new float[model.OutputCount];
                for (var row = 0; row < training.Rows; row++)
                {
                    model.Predict(training.Values.AsSpan(row * training.Features, training.Features), single);
                    Assert.Equal(actual.AsSpan(row * model.OutputCount, model.OutputCount).ToArray(), single);
                }
            }
        }
    }

    [Fact]
    public void PredictMargin_ManyTreesAndRows_AgreesBitForBit()
    {
        using var training = new RandomTraining(7, "binary:logistic");
        for (var i = 20; i < 150; i++)
        {
            training.Booster.Update(i, training.Matrix);
        }

        var expected = training.Booster.Predict(training.Matrix, margins: true);
        var model = XGBoostModel.Load(training.Booster.Save());
        var margin = new float[1];
        for (var row = 0; row < training.Rows; row++)
        {
            model.PredictMargin(training.Values.AsSpan(row * training.Features, training.Features), margin);
            Assert.Equal(expected[row], margin[0]);
        }
    }

    [Fact]
    public void Load_UpToBestIteration_EvaluatesThoseRoundsOnly()
    {
        using var training = new RandomTraining(3, "multi:softprob");
        for (var i = 20; i < 30; i++)
        {
            training.Booster.Update(i, training.Matrix);
        }

        using var best = training.Booster.FirstRounds(5);
        training.Booster.SetAttribute("best_iteration", "4");
        var expected = best.Predict(training.Matrix);

        var model = XGBoostModel.Load(training.Booster.Save(), new() { UpToBestIteration = true });

        var actual = new float[training.Rows * model.OutputCount];
        model.PredictRows(training.Values, training.Rows, actual);
        AssertClose(expected, actual, 0);
        Assert.Equal("4", model.Attributes["best_iteration"]);
    }

    [Fact]
    public void Predict_RowTooShort_NamesBothLengths()
    {
        using var training = new RandomTraining(1, "reg:squarederror");
        var model = XGBoostModel.Load(training.Booster.Save());

        var error = Assert.Throws<ArgumentException>(() => model.Predict(new float[training.Features - 1], new float[1]));

        Assert.Contains($"has {training.Features - 1} values, the model needs {training.Features}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_Repeatedly_AllocatesNothing()
    {
        using var training = new RandomTraining(1, "multi:softmax");
        var model = XGBoostModel.Load(training.Booster.Save());
        var row = training.Values.AsSpan(0, training.Features).ToArray();
        var output = new float[1];
        model.Predict(row, output);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            model.Predict(row, output);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void AssertClose(float[] expected, float[] actual, int seed)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var allowed = Tolerance * Math.Max(Math.Abs(expected[i]), 1e-6f);
            Assert.True(
                expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= allowed,
                $"seed {seed}, value {i}: expected {expected[i]:R}, got {actual[i]:R}");
        }
    }
}
