using System.Globalization;
using System.Text.Json;
using Sagebrush.Learning.Clustering;
using Sagebrush.Learning.Tables;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Algorithms.Tests.Tabular;

/// <summary>K-means as a program, judged by scikit-learn on the same rows.</summary>
public sealed class KMeansTests : IDisposable
{
    private const string Judge = """
        import sys, numpy as np
        from sklearn.cluster import KMeans
        train, test, k, label = sys.argv[1:5]
        a = np.genfromtxt(train, delimiter=','); b = np.genfromtxt(test, delimiter=',')[:, int(label):]
        model = KMeans(int(k), n_init=3, random_state=0).fit(a)
        print(-model.score(b) / len(b))
        """;

    private readonly TabularFolder _job = new("kmeans");

    public void Dispose() => _job.Dispose();

    [Theory]
    [InlineData(8, 0.5)]
    [InlineData(12, 5)]
    public void Train_Blobs_IsAsGoodAsScikitLearn(int clusters, double spread)
    {
        Train(clusters, SyntheticRows.Blobs(6000, 8, 8, spread, 1), SyntheticRows.Blobs(2000, 8, 8, spread, 2));
        Assert.SkipUnless(PythonProgram.Has("sklearn"), "Python with scikit-learn is not installed.");
        var (code, output, error) = PythonProgram.Run(Judge, _job.PathOf("train"), _job.PathOf("test"), clusters.ToString(CultureInfo.InvariantCulture), "1");
        Assert.True(code == 0, error);

        Assert.InRange(_job.Metric("test:msd"), 0, 1.02 * double.Parse(output, CultureInfo.InvariantCulture));
        Assert.Equal(_job.Metric("test:msd") * 2000, _job.Metric("test:ssd"), 1e-3 * _job.Metric("test:ssd"));
    }

    [Fact]
    public void Predict_Json_NamesClusterAndDistance()
    {
        Train(4, SyntheticRows.Blobs(400, 2, 4, 0.1, 1), SyntheticRows.Blobs(40, 2, 4, 0.1, 2));
        using var model = JsonDocument.Parse(_job.Ask("""{"instances":[{"features":[1,2]},{"data":{"features":{"values":[1,2]}}}]}""", "application/json", "application/json"));
        var answers = model.RootElement.GetProperty("predictions");

        Assert.Equal(2, answers.GetArrayLength());
        Assert.Equal(answers[0].GetRawText(), answers[1].GetRawText());
        Assert.Equal(
            $"{answers[0].GetProperty("closest_cluster").GetRawText()},{answers[0].GetProperty("distance_to_cluster").GetRawText()}\n",
            _job.Ask("1,2", "text/csv", "text/csv"));
    }

    [Fact]
    public void Train_RowsFarFromZero_FindsTheClusters()
    {
        var rows = SyntheticRows.Blobs(900, 3, 3, 0.05, 1).Select(row => (float[])[.. row[1..].Select(value => value + 20_000)]).ToList();
        _job.With(("k", "3"), ("feature_dim", "3")).WithCsv("train", "text/csv;label_size=0", rows).WithCsv("test", "text/csv;label_size=0", rows);

        Assert.True(_job.Train() == AlgorithmProgram.Success, _job.Log);
        Assert.InRange(_job.Metric("test:msd"), 0, 0.02);
    }

    [Theory]
    [InlineData("1,2\n3,4\n", "fewer than the 3 clusters")]
    [InlineData("1,2,3,4\n", "feature_dim")]
    [InlineData("1,\n3,4\n5,6\n", "missing or not finite")]
    public void Train_BadData_SaysWhatIsWrong(string content, string message)
    {
        _job.With(("k", "3"), ("feature_dim", "2")).WithText("train", "text/csv;label_size=0", content);

        Assert.Equal(AlgorithmProgram.Failure, _job.Train());
        Assert.Contains(message, _job.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_EqualRowsAndAnyThreads_GivesTheSameBytes()
    {
        var values = SyntheticRows.Blobs(9000, 4, 5, 2, 3).SelectMany(row => row[1..]).ToArray();
        byte[] Fit(int threads, float[] rows) => new KMeans(new() { ClusterCount = 7, Threads = threads, SpreadsCenters = true })
            .Fit(new FeatureMatrix(rows, rows.Length / 4, 4), cancellationToken: TestContext.Current.CancellationToken).Save();

        Assert.Equal(Fit(1, values), Fit(4, values));
        Assert.NotEmpty(Fit(2, new float[400]));
    }

    private void Train(int clusters, List<float[]> train, List<float[]> test)
    {
        _job.With(("k", clusters.ToString(CultureInfo.InvariantCulture)), ("feature_dim", (train[0].Length - 1).ToString(CultureInfo.InvariantCulture)), ("eval_metrics", "[\"msd\",\"ssd\"]"))
            .WithCsv("train", "text/csv;label_size=0", train.Select(row => row[1..])).WithCsv("test", "text/csv;label_size=1", test);
        Assert.True(_job.Train() == AlgorithmProgram.Success, _job.Log);
    }
}
