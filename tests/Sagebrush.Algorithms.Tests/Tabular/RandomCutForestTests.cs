using System.Globalization;
using System.Text.Json;
using Sagebrush.Learning.Anomaly;
using Sagebrush.Learning.Metrics;
using Sagebrush.Learning.Tables;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Algorithms.Tests.Tabular;

/// <summary>The random cut forest as a program, judged by planted anomalies and by scikit-learn's isolation forest.</summary>
public sealed class RandomCutForestTests : IDisposable
{
    private const string Judge = """
        import sys, numpy as np
        from sklearn.ensemble import IsolationForest
        from sklearn.metrics import roc_auc_score
        a = np.genfromtxt(sys.argv[1], delimiter=','); b = np.genfromtxt(sys.argv[2], delimiter=',')
        print(roc_auc_score(b[:, 0], -IsolationForest(n_estimators=100, max_samples=256, random_state=1).fit(a).score_samples(b[:, 1:])))
        """;

    private readonly TabularFolder _job = new("randomcutforest");

    public void Dispose() => _job.Dispose();

    [Fact]
    public void Train_PlantedAnomalies_AreFoundAsWellAsByScikitLearn()
    {
        Train(0.05);
        var test = File.ReadAllLines(_job.PathOf("test")).Select(line => line.Split(',').Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToList();
        var model = RandomCutForestModel.Load(Path.Combine(_job.Folder.Model, "model_algo-1"));
        var scores = model.Score(new FeatureMatrix(test.SelectMany(row => row[1..]).ToArray(), test.Count, 4));
        var ours = ProbabilityMetrics.RocAuc([.. test.Select(row => row[0])], scores);

        Assert.Equal(model.Score(test[3].AsSpan(1)), scores[3]);
        Assert.InRange(_job.Metric("test:recall"), 0.3, 1);
        Assert.InRange(_job.Metric("test:accuracy"), 0.95, 1);
        Assert.SkipUnless(PythonProgram.Has("sklearn"), "Python with scikit-learn is not installed.");
        var (code, output, error) = PythonProgram.Run(Judge, _job.PathOf("train"), _job.PathOf("test"));
        Assert.True(code == 0, error);
        Assert.True(ours >= double.Parse(output, CultureInfo.InvariantCulture) - 0.005, $"{ours} and {output}");
    }

    [Fact]
    public void Predict_Json_GivesScoresThatTellTheUnusual()
    {
        Train(0.05);
        using var document = JsonDocument.Parse(_job.Ask("""{"instances":[{"features":[5,5,5,5]},{"features":[500,-900,4,5]}]}""", "application/json", "application/json"));
        var scores = document.RootElement.GetProperty("scores").EnumerateArray().Select(answer => answer.GetProperty("score").GetDouble()).ToArray();

        Assert.True(scores[1] > 1.5 * scores[0] && scores[1] > 2, $"{scores[0]} and {scores[1]}");
    }

    [Fact]
    public void Fit_AnyNumberOfThreads_GivesTheSameBytes()
    {
        var values = SyntheticRows.Blobs(700, 4, 3, 1, 9).SelectMany(row => row[1..]).ToArray();
        byte[] Fit(int threads) => new RandomCutForest(new() { Threads = threads, TreeCount = 20 }).Fit(new FeatureMatrix(values, 700, 4), TestContext.Current.CancellationToken).Save();

        Assert.Equal(Fit(1), Fit(3));
    }

    [Theory]
    [InlineData("1\n1\n1\n1\n1\n")]
    [InlineData("1\n2\n3\n4\n1e30\n")]
    public void Train_ConstantOrExtremeRows_GivesAModel(string content)
    {
        _job.With(("feature_dim", "1")).WithText("train", "text/csv;label_size=0", content);

        Assert.True(_job.Train() == AlgorithmProgram.Success, _job.Log);
        Assert.True(float.IsFinite(float.Parse(_job.Ask("7", "text/csv", "text/csv"), CultureInfo.InvariantCulture)));
    }

    private void Train(double share)
    {
        var random = new Random(2);
        List<float[]> Rows(int count, int seed, double anomalies) => [.. SyntheticRows.Blobs(count, 4, 3, 0.7, seed).Select(row =>
        {
            var isAnomaly = random.NextDouble() < anomalies;
            return (float[])[isAnomaly ? 1 : 0, .. row[1..].Select(value => isAnomaly ? (float)(random.NextDouble() * 30) - 10 : value)];
        })];
        _job.With(("feature_dim", "4")).WithCsv("train", "text/csv;label_size=0", Rows(3000, 1, 0).Select(row => row[1..])).WithCsv("test", "text/csv;label_size=1", Rows(2000, 2, share));
        Assert.True(_job.Train() == AlgorithmProgram.Success, _job.Log);
    }
}
