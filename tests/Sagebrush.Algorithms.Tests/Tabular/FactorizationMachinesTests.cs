using System.Globalization;
using System.Text.Json;
using Sagebrush.Learning.Factorization;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.RecordIO;
using Xunit;

namespace Sagebrush.Algorithms.Tests.Tabular;

/// <summary>Factorization machines as a program, judged by ratings whose structure no sum of the features can tell.</summary>
public sealed class FactorizationMachinesTests : IDisposable
{
    private const int Users = 40;
    private const int Items = 30;

    private readonly TabularFolder _job = new("factorization-machines");

    public void Dispose() => _job.Dispose();

    [Fact]
    public void Train_RatingsOfPairs_FindsWhatALinearModelCannot()
    {
        Train("regressor", 4, "60");

        // The ratings' own deviation is what a model without interactions reaches; the noise is 0.1.
        Assert.InRange(_job.Metric("test:rmse"), 0.09, 0.2);
    }

    [Fact]
    public void Train_NoFactorSteps_StaysAtTheDeviation()
    {
        _job.With(("factors_lr", "0"));
        Train("regressor", 4, "60");

        Assert.InRange(_job.Metric("test:rmse"), 0.6, 1.5);
    }

    [Fact]
    public void Train_Classifier_AnswersSparseAndDenseAlike()
    {
        Train("binary_classifier", 4, "40");
        Assert.InRange(_job.Metric("test:binary_classification_accuracy"), 0.9, 1);

        var row = new float[Users + Items];
        (row[3], row[Users + 5]) = (1, 1);
        var dense = _job.Ask(string.Join(',', row.Select(value => value.ToString(CultureInfo.InvariantCulture))), "text/csv", "application/json");
        var sparse = _job.Ask(
            """{"instances":[{"data":{"features":{"keys":[3,45],"shape":[70],"values":[1,1]}}}]}""", "application/json", "application/json");
        Assert.Equal(dense, sparse);
        using var document = JsonDocument.Parse(dense);
        var answer = document.RootElement.GetProperty("predictions")[0];
        Assert.Equal(answer.GetProperty("score").GetDouble() > 0.5 ? 1 : 0, answer.GetProperty("predicted_label").GetInt32());
    }

    [Fact]
    public void Fit_AnyNumberOfThreads_GivesTheSameBytes()
    {
        var rows = Ratings(2000, 1);
        var table = new SparseTable
        {
            RowStarts = [.. Enumerable.Range(0, rows.Count + 1).Select(i => i * 2L)],
            Indices = [.. rows.SelectMany(row => (int[])[row.User, Users + row.Item])],
            Values = [.. Enumerable.Repeat(1f, rows.Count * 2)],
            Labels = [.. rows.Select(row => row.Rating)],
            ColumnCount = Users + Items,
        };
        byte[] Fit(int threads) => new FactorizationMachine(new() { FactorCount = 40, Threads = threads, BatchSize = 100 })
            .Fit(table, cancellationToken: TestContext.Current.CancellationToken).Save();

        Assert.Equal(Fit(1), Fit(3));
    }

    [Fact]
    public void Train_Csv_IsRefusedWithTheFormat()
    {
        _job.With(("feature_dim", "2"), ("num_factors", "2"), ("predictor_type", "regressor")).WithText("train", "text/csv", "1,2,3\n");

        Assert.Equal(AlgorithmProgram.Failure, _job.Train());
        Assert.Contains("application/x-recordio-protobuf alone", _job.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_KeyBeyondTheModel_IsTheCallersError()
    {
        Train("regressor", 2, "1");

        var error = Assert.Throws<InferenceInputException>(() => _job.Ask("""{"features":{"keys":[70],"values":[1]}}""", "application/json", "application/json"));
        Assert.Contains("from 0 to 69", error.Message, StringComparison.Ordinal);
    }

    private void Train(string predictor, int factors, string epochs)
    {
        var isClassifier = predictor != "regressor";
        _job.With(
                ("feature_dim", (Users + Items).ToString(CultureInfo.InvariantCulture)), ("num_factors", factors.ToString(CultureInfo.InvariantCulture)),
                ("predictor_type", predictor), ("epochs", epochs), ("mini_batch_size", "100"), ("factors_init_sigma", "0.1"), ("linear_lr", "0.01"))
            .WithBytes("train", "application/x-recordio-protobuf", Records(Ratings(6000, 1), isClassifier))
            .WithBytes("test", "application/x-recordio-protobuf", Records(Ratings(1000, 2), isClassifier));
        _job.WithDefault("factors_lr", "0.02");
        Assert.True(_job.Train() == AlgorithmProgram.Success, _job.Log);
    }

    private static byte[] Records(List<(int User, int Item, float Rating)> ratings, bool isClassifier)
    {
        using var stream = new MemoryStream();
        using (var writer = new RecordWriter(stream))
        {
            foreach (var (user, item, rating) in ratings)
            {
                writer.WriteSparse(TensorValues.Of([1f, 1f]), [user, Users + item], Users + Items, TensorValues.Of([isClassifier ? (rating > 0 ? 1f : 0f) : rating]));
            }

            writer.Flush();
        }

        return stream.ToArray();
    }

    /// <summary>A rating is the product of a user's and an item's taste, in two dimensions, with a little noise.</summary>
    private static List<(int User, int Item, float Rating)> Ratings(int count, int seed)
    {
        var tastes = new Random(5);
        double[] Taste() => [(tastes.NextDouble() * 2) - 1, (tastes.NextDouble() * 2) - 1];
        var users = Enumerable.Range(0, Users).Select(_ => Taste()).ToArray();
        var items = Enumerable.Range(0, Items).Select(_ => Taste()).ToArray();
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var (user, item) = (random.Next(Users), random.Next(Items));
            var noise = (random.NextDouble() - 0.5) * 0.1 * Math.Sqrt(12);
            return (user, item, (float)((2 * ((users[user][0] * items[item][0]) + (users[user][1] * items[item][1]))) + noise));
        })];
    }
}
