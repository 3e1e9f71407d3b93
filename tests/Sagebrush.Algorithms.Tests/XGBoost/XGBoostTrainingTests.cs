using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sagebrush.Learning.Trees.XGBoost;
using Xunit;

namespace Sagebrush.Algorithms.Tests.XGBoost;

public sealed class XGBoostTrainingTests : IDisposable
{
    private readonly TrainingFolder _job = new();

    public void Dispose() => _job.Dispose();

    [Fact]
    public void Train_Csv_LogsEachRoundAndSavesTheModel()
    {
        var exitCode = _job.WithChannel("train", "text/csv", ("part-0.csv", Csv(60, 1)), ("nested/part-1.csv", Csv(40, 2)), (".hidden", "x"))
            .WithChannel("validation", "text/csv; label_size=1", ("v.csv", Csv(30, 3)))
            .Train(TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, _job.Log);
        Assert.Matches(@"^\[2026-01-15:12:00:00:INFO\] Starting training with the built-in algorithm xgboost\.$", _job.LogLines[0]);
        Assert.Contains("Train matrix has 100 rows and 3 columns", _job.Log, StringComparison.Ordinal);
        Assert.Contains("Validation matrix has 30 rows", _job.Log, StringComparison.Ordinal);
        Assert.Equal(5, _job.LogLines.Count(line => Regex.IsMatch(line, @"^\[\d\]#011train-rmse:\d+\.\d{5}#011validation-rmse:\d+\.\d{5}$")));
        Assert.Equal(3, XGBoostModel.LoadFile(_job.Model).FeatureCount);
        Assert.False(File.Exists(_job.Folder.FailureFile));
        Assert.Equal(["xgboost-model"], Directory.EnumerateFileSystemEntries(_job.Folder.Model).Select(Path.GetFileName));
    }

    [Fact]
    public void Metrics_DefaultDefinitions_FindTheValuesInTheLog()
    {
        _job.WithChannel("train", "text/csv", ("a.csv", Csv(60, 1, binary: true)))
            .WithChannel("validation", "text/csv", ("a.csv", Csv(60, 2, binary: true)))
            .With("objective", "binary:logistic").With("eval_metric", "auc,error,f1,accuracy").Train(TestContext.Current.CancellationToken);

        var definitions = BuiltInAlgorithms.Find("xgboost")!.Metrics;
        foreach (var name in (string[])["train:auc", "validation:auc", "train:error", "validation:f1", "validation:accuracy"])
        {
            var regex = new Regex(definitions.Single(d => d.Name == name).Regex);
            var values = _job.LogLines.Select(line => regex.Match(line)).Where(match => match.Success)
                .Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(5, values.Count);
            Assert.All(values, value => Assert.InRange(value, 0, 1));
        }

        // The values of one round add up: the container's accuracy is one less the library's error.
        var round = _job.LogLines.First(line => line.StartsWith("[4]", StringComparison.Ordinal));
        Assert.Equal(1, Value(round, "validation-error") + Value(round, "validation-accuracy"), 1e-4);
        Assert.True(definitions.Single(d => d.Name == "validation:auc").IsMaximized);
        Assert.False(definitions.Single(d => d.Name == "validation:rmse").IsMaximized);
    }

    [Fact]
    public void Train_LibsvmWithoutContentType_IsTheDefault()
    {
        var exitCode = _job.WithChannel("train", null, ("a", "1 1:0.5 3:2\n0 1:1\n1:2 2:7 3:1\n0 3:4\n")).Train(TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, _job.Log);
        Assert.Contains("Train matrix has 4 rows and 4 columns", _job.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_SparseFeatureInValidationOnly_IsKnownToTheModel()
    {
        var exitCode = _job.WithChannel("train", "text/libsvm", ("a", "1 1:0.5 3:2\n0 1:1\n1 2:7 3:1\n0 3:4\n"))
            .WithChannel("validation", "text/x-libsvm", ("a", "1 1:0.5 7:2\n")).Train(TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, _job.Log);
        Assert.Equal(8, XGBoostModel.LoadFile(_job.Model).FeatureCount);
    }

    [Fact]
    public void Train_RankingWithQueries_ReportsItsMetric()
    {
        var exitCode = _job.With("objective", "rank:pairwise").With("eval_metric", "ndcg@2,map")
            .WithChannel("train", "libsvm", ("a", "1 qid:1 1:0.5\n0 qid:1 1:1\n1 qid:2 1:7\n0 qid:2 1:4\n")).Train(TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, _job.Log);
        Assert.Matches(@"\n\[4\]#011train-ndcg@2:\d\.\d{5}#011train-map:\d\.\d{5}\n", _job.Log);
    }

    [Fact]
    public void Train_CsvWeights_CountAsRepeatedRows()
    {
        _job.With("min_child_weight", "0").With("csv_weights", "1")
            .WithChannel("train", "text/csv", ("a.csv", "1,3,5\n2,1,6\n4,2,7\n")).Train(TestContext.Current.CancellationToken);
        using var repeated = new TrainingFolder().With("min_child_weight", "0")
            .WithChannel("train", "text/csv", ("a.csv", "1,5\n1,5\n1,5\n2,6\n4,7\n4,7\n"));
        repeated.Train(TestContext.Current.CancellationToken);

        Assert.Equal(1, XGBoostModel.LoadFile(_job.Model).FeatureCount);
        Assert.Equal(Predict(repeated.Model, 5), Predict(_job.Model, 5), 1e-5f);
        Assert.Equal(Predict(repeated.Model, 7), Predict(_job.Model, 7), 1e-5f);
    }

    [Theory]
    [InlineData("dart", "reg:squarederror", "rate_drop", "0.5")]
    [InlineData("gblinear", "reg:squarederror", "lambda_bias", "0.1")]
    [InlineData("gbtree", "count:poisson", "tree_method", "gpu_hist")]
    [InlineData("gbtree", "reg:tweedie", "tweedie_variance_power", "1.2")]
    [InlineData("gbtree", "reg:squarederror", "monotone_constraints", "(1,0,-1)")]
    [InlineData("gbtree", "reg:squarederror", "monotone_constraints", "[1,0,-1]")]
    [InlineData("gbtree", "reg:squarederror", "interaction_constraints", "[[0,1],[2]]")]
    [InlineData("gbtree", "reg:squarederror", "sketch_eps", "0.1")]
    [InlineData("gbtree", "reg:squarederror", "single_precision_histogram", "true")]
    public void Train_Variants_Succeed(string booster, string objective, string name, string value)
    {
        _job.With("booster", booster).With("objective", objective).With(name, value).With("early_stopping_rounds", "3")
            .With("tree_method", name == "tree_method" ? value : name == "sketch_eps" ? "approx" : "hist")
            .WithChannel("train", "text/csv", ("a.csv", Csv(80, 1)))
            .WithChannel("validation", "text/csv", ("a.csv", Csv(40, 2)));

        var exitCode = _job.Train(TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, _job.Log);
        Assert.Equal(booster, XGBoostModel.LoadFile(_job.Model).Booster);
    }

    [Fact]
    public void Train_EarlyStopping_KeepsTheBestRoundOnly()
    {
        _job.With("num_round", "200").With("eta", "1").With("early_stopping_rounds", "4")
            .WithChannel("train", "text/csv", ("a.csv", Csv(80, 1, noise: 5)))
            .WithChannel("validation", "text/csv", ("a.csv", Csv(80, 2, noise: 5)));

        Assert.Equal(0, _job.Train(TestContext.Current.CancellationToken));

        var scores = _job.LogLines.Where(line => line.StartsWith('[') && line.Contains("#011", StringComparison.Ordinal))
            .Select(line => Value(line, "validation-rmse")).ToList();
        var best = scores.IndexOf(scores.Min());
        Assert.True(scores.Count < 200);
        Assert.Equal(best + 1 + 4, scores.Count);
        Assert.Equal(best + 1, XGBoostModel.LoadFile(_job.Model).Trees!.TreeCount);
    }

    [Fact]
    public void Train_Cancelled_SavesTheModelSoFarAndSucceeds()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var log = new StoppingWriter("[9]#011", stop);
        _job.With("num_round", "1000000").WithChannel("train", "text/csv", ("a.csv", Csv(50, 1)));
        Directory.CreateDirectory(_job.Folder.Checkpoints);

        var exitCode = _job.Train(log, stop.Token);

        Assert.Equal(0, exitCode);
        Assert.Equal(10, XGBoostModel.LoadFile(_job.Model).Trees!.TreeCount);
        Assert.Equal(["xgboost-checkpoint.9"], Directory.EnumerateFiles(_job.Folder.Checkpoints).Select(Path.GetFileName));
    }

    [Fact]
    public void Train_Checkpoint_GoesOnToTheSameModel()
    {
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        using (var log = new StoppingWriter("[3]#011", stop))
        {
            _job.With("num_round", "8").With("early_stopping_rounds", "50").With("subsample", "0.6").With("colsample_bytree", "0.7")
                .WithChannel("train", "text/csv", ("a.csv", Csv(50, 1)))
                .WithChannel("validation", "text/csv", ("a.csv", Csv(50, 1)));
            Directory.CreateDirectory(_job.Folder.Checkpoints);
            Assert.Equal(0, _job.Train(log, stop.Token));
        }

        File.WriteAllText(Path.Combine(_job.Folder.Checkpoints, "xgboost-checkpoint.6"), "torn");
        Assert.Equal(0, _job.Train(TestContext.Current.CancellationToken));

        Assert.Contains("xgboost-checkpoint.6 cannot be read and is passed over", _job.Log, StringComparison.Ordinal);
        Assert.Contains("Resuming from iteration 4", _job.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("\n[3]#011", _job.Log, StringComparison.Ordinal);
        Assert.Contains("\n[4]#011", _job.Log, StringComparison.Ordinal);
        using var whole = new TrainingFolder().With("num_round", "8").With("subsample", "0.6").With("colsample_bytree", "0.7")
            .WithChannel("train", "text/csv", ("a.csv", Csv(50, 1)));
        Directory.CreateDirectory(whole.Folder.Checkpoints);
        whole.Train(TestContext.Current.CancellationToken);
        Assert.Equal(8, XGBoostModel.LoadFile(_job.Model).Trees!.TreeCount);
        Assert.Equal(Predict(whole.Model, 1, 2, 3), Predict(_job.Model, 1, 2, 3), 1e-5f);
    }

    [Theory]
    [InlineData("text/csv", "1,2,3\n4,5\n", "Failed to load csv data of the train channel. File 'data', row 2: expected 3 columns, found 2.")]
    [InlineData("text/csv", "1,2,3\n4,x,6\n", "Failed to load csv data of the train channel. File 'data', row 2, column 2: 'x' is not a number.")]
    [InlineData("text/csv", "label,age\n1,2\n", "'label' is not a number. If this is a header, remove it")]
    [InlineData("text/csv", "", "No data in train channel path")]
    [InlineData("text/csv", "1\n2\n", "The train channel has 1 columns; the label and at least one feature are needed.")]
    [InlineData("text/csv", "1,inf\n2,3\n", "Failed to load the data of the train channel: Check failed: valid")]
    [InlineData("text/csv", ",1\n2,3\n", "Label contains NaN")]
    [InlineData(null, "1,2,3\n", "If this is csv data, set the channel's ContentType to text/csv.")]
    [InlineData("text/csv;label_size=2", "1,2,3\n", "Optional parameter label_size must be equal to 1")]
    [InlineData("application/x-parquet", "1,2,3\n", "Failed to load parquet data of the train channel")]
    [InlineData("image/png", "1,2,3\n", "image/png is not an accepted ContentType: text/csv")]
    public void Train_WrongData_IsTheCustomersError(string? contentType, string content, string expected)
    {
        var exitCode = _job.WithChannel("train", contentType, ("data", content)).Train(TestContext.Current.CancellationToken);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("ClientError: ", _job.Failure, StringComparison.Ordinal);
        Assert.Contains(expected, _job.Failure, StringComparison.Ordinal);
        Assert.False(File.Exists(_job.Model));
    }

    [Theory]
    [InlineData("binary:logistic", null, "label must be in [0,1] for logistic regression The first such label of the train channel is 2, in its row 3.")]
    [InlineData("multi:softmax", "2", "label must be in [0, num_class). The first such label of the train channel is 2, in its row 3.")]
    [InlineData("count:poisson", null, "label must be nonnegative The first such label of the train channel is -1, in its row 4.")]
    public void Train_LabelOutOfRange_NamesTheRow(string objective, string? classes, string expected)
    {
        _job.With("objective", objective).WithChannel("train", "text/csv", ("a.csv", "0,1\n1,2\n2,3\n-1,4\n"));
        if (classes is not null)
        {
            _job.With("num_class", classes);
        }

        Assert.Equal(1, _job.Train(TestContext.Current.CancellationToken));

        Assert.Contains(expected, _job.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_MissingChannelOrFolder_SaysSo()
    {
        Assert.Equal(1, _job.Train(TestContext.Current.CancellationToken));
        Assert.Equal("ClientError: Missing required channel: train", _job.Failure);

        Assert.Equal(1, _job.WithChannel("train", "text/csv").Train(TestContext.Current.CancellationToken));
        Assert.StartsWith("ClientError: No data in train channel path ", _job.Failure, StringComparison.Ordinal);

        _job.WithChannel("train", "text/csv", ("a.csv", "1,2\n")).WithChannel("test", "text/csv", ("a.csv", "1,2\n"));
        Assert.Equal(1, _job.Train(TestContext.Current.CancellationToken));
        Assert.StartsWith("ClientError: Extraneous channel found: test", _job.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_WrongHyperparameters_NamesAllOfThem()
    {
        _job.With("eta", "7").With("max_dept", "3").WithChannel("train", "text/csv", ("a.csv", Csv(10, 1)));

        Assert.Equal(1, _job.Train(TestContext.Current.CancellationToken));

        Assert.Equal(
            "ClientError: Hyperparameter eta: 7 is not in [0, 1]. Extraneous hyperparameter found: max_dept; did you mean max_depth?", _job.Failure);
    }

    [Fact]
    public void Train_ValidationOfOtherWidth_IsRefused()
    {
        _job.WithChannel("train", "text/csv", ("a.csv", "1,2,3\n2,3,4\n")).WithChannel("validation", "text/csv", ("a.csv", "1,2\n"));

        Assert.Equal(1, _job.Train(TestContext.Current.CancellationToken));

        Assert.Equal("ClientError: The validation channel has 1 features, the train channel 2.", _job.Failure);
    }

    [Fact]
    public void Train_DamagedConfiguration_NamesTheFile()
    {
        _job.WriteConfiguration("resourceconfig.json", "{");

        Assert.Equal(1, _job.Train(TestContext.Current.CancellationToken));

        Assert.StartsWith("ClientError: The configuration file resourceconfig.json is not valid", _job.Failure, StringComparison.Ordinal);
    }

    internal static string Csv(int rows, int seed, bool binary = false, double noise = 0.1)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (var i = 0; i < rows; i++)
        {
            var a = random.NextDouble() * 10;
            var b = random.Next(5);
            var c = random.NextDouble();
            var y = a + (b * b) - (3 * c) + (noise * random.NextDouble()) + 5;
            var label = binary ? (y > 14 ? 1 : 0) : y;
            text.Append(CultureInfo.InvariantCulture, $"{label:R},{a:R},{b},{(random.Next(10) == 0 ? "" : c.ToString("R", CultureInfo.InvariantCulture))}\n");
        }

        return text.ToString();
    }

    private static double Value(string line, string metric)
    {
        var match = Regex.Match(line, $"#011{Regex.Escape(metric)}:([^#]+)");
        Assert.True(match.Success, line);
        return double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static float Predict(string model, params float[] row)
    {
        var output = new float[1];
        XGBoostModel.LoadFile(model).Predict(row, output);
        return output[0];
    }

    /// <summary>Asks the training to stop as soon as it logs a line.</summary>
    private sealed class StoppingWriter(string start, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            if (value is not null && value.StartsWith(start, StringComparison.Ordinal))
            {
                stop.Cancel();
            }

            base.WriteLine(value);
        }
    }
}
