using System.Globalization;
using System.Text;
using Sagebrush.Learning.Metrics;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Trees.XGBoost;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Algorithms.Tests.XGBoost;

/// <summary>What is trained here against Python's xgboost with the same data and parameters, on real tables.</summary>
public sealed class XGBoostAgainstPythonTests : IDisposable
{
    // Trains on a CSV with the label first, loads our artifact beside it, and prints both models' predictions of a second CSV.
    private const string Script = """
        import sys, json, numpy as np, xgboost as xgb
        train, test, model, parameters, rounds = sys.argv[1:6]
        table = np.genfromtxt(train, delimiter=','); held = np.genfromtxt(test, delimiter=',')
        theirs = xgb.train(json.loads(parameters), xgb.DMatrix(table[:, 1:], label=table[:, 0]), int(rounds))
        ours = xgb.Booster(model_file=model)
        rows = xgb.DMatrix(held[:, 1:])
        for a, b in zip(theirs.predict(rows), ours.predict(rows)):
            print(repr(float(a)), repr(float(b)))
        """;

    private readonly TrainingFolder _job = new();

    public void Dispose() => _job.Dispose();

    [Fact]
    public void Train_Abalone_IsPythonsModel()
    {
        var (predictions, labels) = Compare(
            Encode("abalone.csv", "rings", _ => true), "reg:squarederror", """{"objective":"reg:squarederror","eta":0.2,"max_depth":5,"gamma":4,"min_child_weight":6,"subsample":0.7,"seed":3,"nthread":2}""", 50);

        Assert.InRange(RegressionMetrics.RootMeanSquaredError(labels, predictions), 1.5, 2.4);
    }

    [Fact]
    public void Train_BankMarketing_IsPythonsModel()
    {
        var (predictions, labels) = Compare(
            Encode("bank-additional-full.csv", "y", value => value == "yes"), "binary:logistic", """{"objective":"binary:logistic","eta":0.3,"max_depth":6,"scale_pos_weight":2,"nthread":2,"tree_method":"hist"}""", 30);

        Assert.InRange(ProbabilityMetrics.RocAuc(labels, predictions), 0.9, 1);
    }

    private (float[] Predictions, float[] Labels) Compare(List<string> rows, string objective, string parameters, int rounds)
    {
        var test = rows.Where((_, i) => i % 5 == 0).ToList();
        _job.WithChannel("train", "text/csv", ("train.csv", string.Join('\n', rows.Where((_, i) => i % 5 != 0))))
            .WithChannel("validation", "text/csv", ("test.csv", string.Join('\n', test)))
            .With("objective", objective).With("num_round", rounds.ToString(CultureInfo.InvariantCulture));
        using (var document = System.Text.Json.JsonDocument.Parse(parameters))
        {
            foreach (var parameter in document.RootElement.EnumerateObject())
            {
                _job.With(parameter.Name, parameter.Value.ToString());
            }
        }

        Assert.True(_job.Train(TestContext.Current.CancellationToken) == 0, _job.Log);
        var held = Path.Combine(_job.Folder.Channel("validation"), "test.csv");
        var lines = Python.Run(
            Script, Path.Combine(_job.Folder.Channel("train"), "train.csv"), held, _job.Model, parameters, rounds.ToString(CultureInfo.InvariantCulture))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var table = CsvTableReader.Read([held], cancellationToken: TestContext.Current.CancellationToken);
        var model = XGBoostModel.LoadFile(_job.Model);
        var predictions = new float[table.RowCount];
        for (var i = 0; i < table.RowCount; i++)
        {
            model.Predict(table.Row(i)[1..], predictions.AsSpan(i, 1));
            var pair = lines[i].Split(' ');
            var theirs = float.Parse(pair[0], CultureInfo.InvariantCulture);
            var loaded = float.Parse(pair[1], CultureInfo.InvariantCulture);

            // Python's own training, our artifact in Python, and our artifact here.
            Assert.Equal(theirs, loaded);
            Assert.True(Math.Abs(theirs - predictions[i]) <= 1e-6f * Math.Abs(theirs), $"row {i}: {theirs} and {predictions[i]}");
        }

        return (predictions, table.Column(0));
    }

    /// <summary>Label first, categories as numbers in the order they come.</summary>
    private static List<string> Encode(string file, string target, Func<string, bool> isPositive)
    {
        var path = Datasets.Find(file);
        Assert.SkipWhen(path is null, $"The data set {file} is not at hand.");
        var lines = File.ReadAllLines(path!);
        var header = lines[0].Split(',');
        var label = Array.IndexOf(header, target);
        var codes = header.Select(_ => new Dictionary<string, int>()).ToArray();
        List<string> rows = [];
        foreach (var line in lines.Skip(1))
        {
            var cells = line.Split(',');
            var row = new StringBuilder();
            row.Append(double.TryParse(cells[label], CultureInfo.InvariantCulture, out _) ? cells[label] : isPositive(cells[label]) ? "1" : "0");
            for (var i = 0; i < cells.Length; i++)
            {
                if (i != label)
                {
                    var isNumber = double.TryParse(cells[i], CultureInfo.InvariantCulture, out _);
                    codes[i].TryAdd(cells[i], codes[i].Count);
                    row.Append(',').Append(isNumber ? cells[i] : codes[i][cells[i]].ToString(CultureInfo.InvariantCulture));
                }
            }

            rows.Add(row.ToString());
        }

        return rows;
    }
}
