using System.Globalization;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Sagebrush.Algorithms.Tests.Tabular;

public sealed class TabularMlpTests
{
    [Fact]
    public void Train_ClassesFromNumbersAndCategories_AnswersAndIsTheSameForASeed()
    {
        static TabularFolder Train()
        {
            var job = new TabularFolder("tabular-mlp");
            job.With(("predictor_type", "classifier"), ("epochs", "12"), ("mini_batch_size", "64"), ("width", "24"), ("hidden_width", "24"), ("learning_rate", "0.005"))
                .WithText("train", "text/csv", Rows(1200, 1)).WithText("validation", "text/csv", Rows(400, 2));
            File.WriteAllText(Path.Join(job.Folder.Channel("train"), "categorical_index.json"), """{"cat_index_list": [2]}""");
            Assert.True(job.Train() == AlgorithmProgram.Success, job.Log);
            return job;
        }

        using var job = Train();

        Assert.InRange(job.Metric("validation:auc"), 0.95, 1);
        Assert.InRange(job.Metric("validation:epoch_loss"), 0, 0.4);
        using var answer = JsonDocument.Parse(job.Ask("1.5,2\n,9\n", "text/csv", "application/json"));
        var predictions = answer.RootElement.GetProperty("predictions");
        Assert.Equal(7, predictions[0].GetProperty("predicted_label").GetInt32());
        Assert.InRange(predictions[0].GetProperty("probabilities")[1].GetDouble(), 0.6, 1);
        Assert.Equal(1, predictions[1].GetProperty("probabilities").EnumerateArray().Sum(one => one.GetDouble()), 1e-5);

        using var again = Train();
        Assert.Equal(job.Ask("0.1,3\n", "text/csv", "text/csv"), again.Ask("0.1,3\n", "text/csv", "text/csv"));
    }

    [Fact]
    public void Train_Numbers_PredictsThemAndTellsTheError()
    {
        using var job = new TabularFolder("tabular-mlp");
        var random = new Random(3);
        job.With(("predictor_type", "regressor"), ("epochs", "20"), ("mini_batch_size", "64"), ("width", "24"), ("hidden_width", "24"), ("learning_rate", "0.005")).WithText(
            "train", "text/csv", string.Concat(Enumerable.Range(0, 1200).Select(_ => (random.NextDouble() * 4) - 2).Select(x => string.Create(CultureInfo.InvariantCulture, $"{100 + (20 * Math.Sin(2 * x)):R},{x:R}\n"))));

        Assert.True(job.Train() == AlgorithmProgram.Success, job.Log);

        Assert.InRange(job.Metric("validation:r2"), 0.95, 1);
        using var answer = JsonDocument.Parse(job.Ask("0.785\n", "text/csv", "application/json"));
        Assert.Equal(120, answer.RootElement.GetProperty("predictions")[0].GetProperty("score").GetDouble(), 4.0);
    }

    [Theory]
    [InlineData("dropout", "0.95", "dropout")]
    [InlineData("encoding", "fourier", "'fourier' is not one of piecewise, quantile, standard")]
    public void Train_WrongHyperparameter_SaysSo(string name, string value, string message)
    {
        using var job = new TabularFolder("tabular-mlp");
        job.With(("predictor_type", "classifier"), (name, value)).WithText("train", "text/csv", Rows(50, 1));

        Assert.Equal(AlgorithmProgram.Failure, job.Train());
        Assert.Contains(message, job.Failure, StringComparison.Ordinal);
    }

    /// <summary>Label 3 or 7, a number that is sometimes missing, and a category whose parity counts.</summary>
    private static string Rows(int count, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var (x, kind) = ((random.NextDouble() * 4) - 2, random.Next(8));
            var isSeven = x + (kind % 2 == 0 ? 1 : -1) + (0.3 * (random.NextDouble() - 0.5)) > 0;
            text.Append(CultureInfo.InvariantCulture, $"{(isSeven ? 7 : 3)},{(i % 40 == 0 ? "" : x.ToString("F4", CultureInfo.InvariantCulture))},{kind}\n");
        }

        return text.ToString();
    }
}
