using System.Globalization;
using System.Text.Json;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Algorithms.Tests.Tabular;

/// <summary>PCA as a program, judged by NumPy's singular value decomposition of the same rows.</summary>
public sealed class PcaTests : IDisposable
{
    // Prints the largest relative difference of singular values, the smallest |cosine| of directions, and a row's difference of projections.
    private const string Judge = """
        import sys, json, numpy as np
        train, model, mean, answer = sys.argv[1:5]
        x = np.genfromtxt(train, delimiter=','); ours = np.load(model)
        c = x - x.mean(0) if mean == 'true' else x
        u, s, v = np.linalg.svd(c, full_matrices=False)
        n = len(ours['s'])
        print(np.abs(ours['s'][::-1] / s[:n] - 1).max(), np.abs((ours['v'][:, ::-1].T * v[:n]).sum(1)).min(),
              np.abs(np.abs(np.array(json.loads(answer))[::-1]) - np.abs(c[0] @ v[:n].T)).max())
        """;

    private readonly TabularFolder _job = new("pca");

    public void Dispose() => _job.Dispose();

    [Theory]
    [InlineData("regular", "true", 24, 6)]
    [InlineData("regular", "false", 70, 20)]
    [InlineData("randomized", "true", 300, 3)]
    public void Train_Rows_FindsTheComponentsOfNumpy(string mode, string mean, int features, int components)
    {
        var rows = Rows(1500, features);
        _job.With(
                ("feature_dim", Text(features)), ("num_components", Text(components)), ("mini_batch_size", "500"), ("algorithm_mode", mode), ("subtract_mean", mean))
            .WithCsv("train", "text/csv;label_size=0", rows).WithCsv("test", "text/csv;label_size=0", rows);
        Assert.True(_job.Train() == AlgorithmProgram.Success, _job.Log);
        using var answer = JsonDocument.Parse(_job.Ask(string.Join(',', rows[0].Select(v => v.ToString("R", CultureInfo.InvariantCulture))), "text/csv", "application/json"));
        var projection = answer.RootElement.GetProperty("projections")[0].GetProperty("projection").GetRawText();

        Assert.SkipUnless(PythonProgram.Has("numpy"), "Python with numpy is not installed.");
        var (code, output, error) = PythonProgram.Run(Judge, _job.PathOf("train"), Path.Combine(_job.Folder.Model, "model_algo-1"), mean, projection);
        Assert.True(code == 0, error);
        var found = output.Split(' ').Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToArray();
        Assert.InRange(found[0], 0, 1e-4);
        Assert.InRange(found[1], 0.9999, 1.0001);
        Assert.InRange(found[2], 0, 1e-2);
        Assert.True(_job.Metric("test:reconstruction_error") >= 0);
    }

    [Theory]
    [InlineData("3", "1,2\n3,4\n", "3 is more than feature_dim, 2")]
    [InlineData("1", "1,2\n3,nan\n", "missing or not finite")]
    public void Train_BadInput_SaysWhatIsWrong(string components, string content, string message)
    {
        _job.With(("feature_dim", "2"), ("num_components", components), ("mini_batch_size", "5")).WithText("train", "text/csv;label_size=0", content);

        Assert.Equal(AlgorithmProgram.Failure, _job.Train());
        Assert.Contains(message, _job.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ConstantColumnsAndOneRow_GivesAModel()
    {
        _job.With(("feature_dim", "3"), ("num_components", "2"), ("mini_batch_size", "5")).WithText("train", "text/csv;label_size=0", "1,2,3\n");

        Assert.True(_job.Train() == AlgorithmProgram.Success, _job.Log);
        Assert.Equal("0.0,0.0\n", _job.Ask("1,2,3", "text/csv", "text/csv"));
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static List<float[]> Rows(int count, int features)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var hidden = random.NextSingle() - 0.5f;
            return Enumerable.Range(0, features).Select(j => (((random.NextSingle() - 0.5f) * 10) / (j + 1)) + (hidden * (j % 3)) + (j % 5)).ToArray();
        })];
    }
}
