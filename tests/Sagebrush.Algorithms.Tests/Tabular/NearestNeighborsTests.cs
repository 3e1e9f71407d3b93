using System.Text.Json;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Algorithms.Tests.Tabular;

/// <summary>Nearest neighbors as a program, judged by scikit-learn on the same rows.</summary>
public sealed class NearestNeighborsTests : IDisposable
{
    // Accuracy of scikit-learn's classifier, and the distances and labels of a row's neighbors.
    private const string Judge = """
        import sys, json, numpy as np
        from sklearn.neighbors import KNeighborsClassifier
        train, test, metric = sys.argv[1:4]
        a = np.genfromtxt(train, delimiter=','); b = np.genfromtxt(test, delimiter=',')
        model = KNeighborsClassifier(5, algorithm='brute', metric=metric).fit(a[:, 1:], a[:, 0])
        d, i = model.kneighbors(b[:1, 1:])
        print(json.dumps({'accuracy': model.score(b[:, 1:], b[:, 0]), 'distances': d[0].tolist(), 'labels': a[i[0], 0].tolist()}))
        """;

    private readonly TabularFolder _job = new("knn");

    public void Dispose() => _job.Dispose();

    [Theory]
    [InlineData("L2", "sqeuclidean")]
    [InlineData("COSINE", "cosine")]
    public void Train_Flat_IsScikitLearns(string metric, string peer)
    {
        _job.With(("index_metric", metric));
        Train(3000, 300);
        var found = Peer(peer);
        var row = string.Join(',', File.ReadLines(_job.PathOf("test")).First().Split(',')[1..]);
        using var document = JsonDocument.Parse(_job.Ask(row, "text/csv", "application/json; verbose=true"));
        var answer = document.RootElement.GetProperty("predictions")[0];

        // Of classes with as many votes scikit-learn takes the lowest, we the nearest.
        Assert.Equal(found.GetProperty("accuracy").GetDouble(), _job.Metric("test:accuracy"), 0.025);
        Assert.Equal(Numbers(found, "labels"), Numbers(answer, "labels"));
        Assert.All(Numbers(found, "distances").Zip(Numbers(answer, "distances")), pair => Assert.Equal(pair.First, pair.Second, (1e-4 * pair.First) + 1e-6));
    }

    [Theory]
    [InlineData("faiss.IVFFlat", "")]
    [InlineData("faiss.IVFPQ", "")]
    [InlineData("faiss.Flat", "sign")]
    [InlineData("faiss.Flat", "fjlt")]
    public void Train_Approximate_IsNearlyAsAccurate(string index, string reduction)
    {
        _job.With(("index_type", index));
        if (reduction.Length > 0)
        {
            _job.With(("dimension_reduction_type", reduction), ("dimension_reduction_target", "8"));
        }

        Train(3000, 300, reduction.Length > 0 ? 1.5 : 4);
        Assert.True(_job.Metric("test:accuracy") > Peer("sqeuclidean").GetProperty("accuracy").GetDouble() - 0.06, _job.Log);
    }

    [Fact]
    public void Train_Regressor_AveragesNeighbors()
    {
        _job.With(("feature_dim", "1"), ("k", "2"), ("sample_size", "100"), ("predictor_type", "regressor")).WithText("train", "text/csv", "10,1\n20,2\n90,9\n");

        Assert.True(_job.Train() == AlgorithmProgram.Success, _job.Log);
        Assert.Equal("""{"predictions": [{"predicted_label": 15.0}]}""", _job.Ask("1.4", "text/csv", "application/json"));
    }

    [Theory]
    [InlineData("dimension_reduction_target", "3", "given together")]
    [InlineData("k", "0", "0 is not in [1, ")]
    [InlineData("index_metric", "L1", "'L1' is not one of")]
    public void Train_WrongHyperparameter_SaysWhich(string name, string value, string message)
    {
        _job.With(("feature_dim", "4"), ("k", "2"), ("sample_size", "100"), ("predictor_type", "regressor"), (name, value)).WithText("train", "text/csv", "1,2,3,4,5\n");

        Assert.Equal(AlgorithmProgram.Failure, _job.Train());
        Assert.Contains(message, _job.Failure, StringComparison.Ordinal);
    }

    private void Train(int rows, int tests, double spread = 4)
    {
        _job.With(("feature_dim", "16"), ("k", "5"), ("sample_size", "1000000"), ("predictor_type", "classifier"))
            .WithCsv("train", "text/csv", SyntheticRows.Blobs(rows, 16, 6, spread, 1)).WithCsv("test", "text/csv", SyntheticRows.Blobs(tests, 16, 6, spread, 2));
        Assert.True(_job.Train() == AlgorithmProgram.Success, _job.Log);
    }

    private JsonElement Peer(string metric)
    {
        Assert.SkipUnless(PythonProgram.Has("sklearn"), "Python with scikit-learn is not installed.");
        var (code, output, error) = PythonProgram.Run(Judge, _job.PathOf("train"), _job.PathOf("test"), metric);
        Assert.True(code == 0, error);
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    private static double[] Numbers(JsonElement parent, string name) => [.. parent.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
}
