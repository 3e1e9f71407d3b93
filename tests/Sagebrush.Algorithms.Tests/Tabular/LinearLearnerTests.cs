using System.Globalization;
using System.Text.Json;
using Sagebrush.Learning.Tables.RecordIO;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Algorithms.Tests.Tabular;

/// <summary>The linear learner as a program, judged by scikit-learn on the same rows.</summary>
public sealed class LinearLearnerTests : IDisposable
{
    private const string Judge = """
        import sys, numpy as np
        from sklearn.linear_model import LinearRegression, LogisticRegression
        from sklearn.metrics import mean_squared_error, accuracy_score, log_loss
        from sklearn.preprocessing import StandardScaler
        kind, train, test = sys.argv[1:4]
        a = np.genfromtxt(train, delimiter=','); b = np.genfromtxt(test, delimiter=',')
        scaler = StandardScaler().fit(a[:, 1:]); x = scaler.transform(a[:, 1:]); v = scaler.transform(b[:, 1:])
        if kind == 'regressor':
            print(mean_squared_error(b[:, 0], LinearRegression().fit(x, a[:, 0]).predict(v)))
        else:
            model = LogisticRegression(C=1e4, max_iter=1000).fit(x, a[:, 0])
            print(log_loss(b[:, 0], model.predict_proba(v)))
        """;

    private readonly TabularFolder _job = new("linear-learner");

    public void Dispose() => _job.Dispose();

    [Fact]
    public void Train_Regressor_IsAsGoodAsScikitLearn()
    {
        double Label(double score, double u) => 1000 + (50 * score) + (20 * (u - 0.5));
        Train("regressor", SyntheticRows.Linear(4000, 10, 1, Label), SyntheticRows.Linear(1000, 10, 2, Label));

        Assert.InRange(_job.Metric("test:mse"), 0, 1.02 * Peer("regressor"));
        Assert.Equal(Math.Sqrt(_job.Metric("validation:mse")), _job.Metric("validation:rmse"), 1e-6);
    }

    [Fact]
    public void Train_BinaryClassifier_IsAsGoodAsScikitLearn()
    {
        double Label(double score, double u) => u < 1 / (1 + Math.Exp(-score)) ? 1 : 0;
        _job.With(("binary_classifier_model_selection_criteria", "loss_function"));
        Train("binary_classifier", SyntheticRows.Linear(4000, 10, 1, Label), SyntheticRows.Linear(1000, 10, 2, Label));

        Assert.InRange(_job.Metric("test:objective_loss"), 0, 1.01 * Peer("classifier"));
        var answer = JsonDocument.Parse(_job.Ask("1,2,3,4,5,6,7,8,9,10", "text/csv", "application/json")).RootElement.GetProperty("predictions")[0];
        Assert.InRange(answer.GetProperty("score").GetDouble(), 0, 1);
        Assert.InRange(answer.GetProperty("predicted_label").GetInt32(), 0, 1);
    }

    [Fact]
    public void Train_MulticlassClassifier_IsAsGoodAsScikitLearn()
    {
        _job.With(("num_classes", "4"));
        Train("multiclass_classifier", SyntheticRows.Blobs(3000, 5, 4, 3, 1), SyntheticRows.Blobs(1000, 5, 4, 3, 2));

        Assert.InRange(_job.Metric("test:objective_loss"), 0, 1.02 * Peer("classifier"));
        Assert.True(_job.Metric("test:multiclass_top_k_accuracy") >= _job.Metric("test:multiclass_accuracy"));
        var lines = _job.Ask("""{"features":[1,2,3,4,5]}""", "application/jsonlines", "application/jsonlines");
        Assert.Equal(4, JsonDocument.Parse(lines).RootElement.GetProperty("score").GetArrayLength());
    }

    [Theory]
    [InlineData("absolute_loss")]
    [InlineData("eps_insensitive_squared_loss")]
    [InlineData("eps_insensitive_absolute_loss")]
    [InlineData("quantile_loss")]
    [InlineData("huber_loss")]
    public void Train_EachRegressionLoss_FindsTheLine(string loss)
    {
        double Label(double score, double u) => score + (0.1 * (u - 0.5));
        _job.With(("loss", loss));
        Train("regressor", SyntheticRows.Linear(2000, 4, 1, Label), SyntheticRows.Linear(500, 4, 2, Label));

        Assert.InRange(_job.Metric("test:mse"), 0, 0.0012);
    }

    [Fact]
    public void Train_QuantileLoss_LeavesTheShareBelow()
    {
        _job.With(("loss", "quantile_loss"), ("quantile", "0.9"));
        var test = SyntheticRows.Linear(2000, 3, 2, (score, u) => score + u);
        Train("regressor", SyntheticRows.Linear(4000, 3, 1, (score, u) => score + u), test);

        var body = string.Join('\n', test.Select(row => string.Join(',', row[1..].Select(v => v.ToString(CultureInfo.InvariantCulture)))));
        var scores = _job.Ask(body, "text/csv", "text/csv").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => float.Parse(line, CultureInfo.InvariantCulture));
        Assert.InRange(scores.Zip(test, (score, row) => row[0] < score).Count(below => below) / 2000.0, 0.87, 0.93);
    }

    [Fact]
    public void Train_PrecisionAtTargetRecall_HoldsTheRecall()
    {
        double Label(double score, double u) => u < 1 / (1 + Math.Exp(2 - score)) ? 1 : 0;
        _job.With(("binary_classifier_model_selection_criteria", "precision_at_target_recall"), ("target_recall", "0.9"), ("positive_example_weight_mult", "balanced"));
        Train("binary_classifier", SyntheticRows.Linear(3000, 6, 1, Label), SyntheticRows.Linear(3000, 6, 2, Label));

        Assert.InRange(_job.Metric("validation:recall"), 0.9, 0.92);
    }

    [Fact]
    public void Predict_RecordIo_AnswersRecords()
    {
        Train("regressor", SyntheticRows.Linear(300, 3, 1, (score, _) => score), SyntheticRows.Linear(30, 3, 2, (score, _) => score));
        using var body = new MemoryStream();
        using (var writer = new RecordWriter(body))
        {
            writer.Write(TensorValues.Of([1f, 12f, 40f]));
            writer.WriteSparse(TensorValues.Of([1f]), [2], 3);
            writer.Flush();
        }

        var answer = _job.Ask(body.ToArray(), "application/x-recordio-protobuf", "application/x-recordio-protobuf");
        using var records = new RecordIoReader(new MemoryStream(answer), "answer");
        var csv = _job.Ask("1,12,40\n0,0,1", "text/csv", "text/csv").Split('\n');
        for (var i = 0; i < 2; i++)
        {
            Assert.True(records.TryRead(out var bytes));
            Assert.True(new RecordView(bytes).TryGetLabel("score"u8, out var score));
            var value = new float[1];
            score.CopyValues(value);
            Assert.Equal(float.Parse(csv[i], CultureInfo.InvariantCulture), value[0]);
        }
    }

    [Theory]
    [InlineData("predictor_type", "tree", "'tree' is not one of binary_classifier, multiclass_classifier, regressor")]
    [InlineData("learning_rate", "-1", "-1 is not in (0, +inf)")]
    [InlineData("loss", "hinge_loss", "hinge_loss is not for predictor_type regressor")]
    [InlineData("epoch", "3", "did you mean epochs?")]
    public void Train_WrongHyperparameter_SaysWhichAndWhy(string name, string value, string message)
    {
        _job.With(("predictor_type", "regressor"), (name, value)).WithText("train", "text/csv", "1,2\n2,3\n");

        Assert.Equal(AlgorithmProgram.Failure, _job.Train());
        Assert.Contains(message, _job.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1,2,\n0,3,\n", "all of feature 2")]
    [InlineData("1,2,3\n1,3,4\n", "All labels of the train channel are 1")]
    [InlineData("2,2,3\n1,3,4\n", "The label 2 of row 1 is neither 0 nor 1")]
    [InlineData("y,a,b\n1,3,4\n", "If this is a header, remove it")]
    public void Train_BadData_SaysWhatIsWrong(string content, string message)
    {
        _job.With(("predictor_type", "binary_classifier")).WithText("train", "text/csv", content);

        Assert.Equal(AlgorithmProgram.Failure, _job.Train());
        Assert.StartsWith("ClientError", _job.Failure, StringComparison.Ordinal);
        Assert.Contains(message, _job.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(20, 10_000)]
    public void Train_FewRowsOrManyColumns_GivesAModel(int rows, int features)
    {
        var table = SyntheticRows.Linear(rows, features, 1, (score, _) => score > 0 ? 1 : 0);
        table[0][0] = 0;
        table[1][0] = 1;
        table.ForEach(row => row[1] = 3);
        _job.With(("predictor_type", "binary_classifier"), ("num_models", "2"), ("epochs", "3")).WithCsv("train", "text/csv", table);

        Assert.True(_job.Train() == AlgorithmProgram.Success, _job.Log);
        Assert.Contains("\"predictions\"", _job.Ask(string.Join(',', table[0][1..].Select(v => v.ToString(CultureInfo.InvariantCulture))), "text/csv", "*/*"), StringComparison.Ordinal);
    }

    [Fact]
    public void Model_NumpyLoad_FindsTheWeights()
    {
        Assert.SkipUnless(PythonProgram.Has("numpy"), "Python with numpy is not installed.");
        Train("regressor", SyntheticRows.Linear(300, 3, 1, (score, _) => score), SyntheticRows.Linear(30, 3, 2, (score, _) => score));
        var (code, output, error) = PythonProgram.Run(
            "import sys, numpy; a = numpy.load(sys.argv[1]); print(float((a['weights'] @ numpy.array([1, 2, 3]) + a['biases'])[0]))", Path.Combine(_job.Folder.Model, "model_algo-1"));

        Assert.True(code == 0, error);
        Assert.Equal(float.Parse(_job.Ask("1,2,3", "text/csv", "text/csv"), CultureInfo.InvariantCulture), float.Parse(output, CultureInfo.InvariantCulture), 1e-5f);
    }

    private void Train(string predictor, List<float[]> train, List<float[]> test)
    {
        _job.With(("predictor_type", predictor)).WithCsv("train", "text/csv", train).WithCsv("validation", "text/csv", test).WithCsv("test", "text/csv;label_size=1", test);
        Assert.True(_job.Train() == AlgorithmProgram.Success, _job.Log);
    }

    private double Peer(string kind)
    {
        Assert.SkipUnless(PythonProgram.Has("sklearn"), "Python with scikit-learn is not installed.");
        var (code, output, error) = PythonProgram.Run(Judge, kind, _job.PathOf("train"), _job.PathOf("test"));
        Assert.True(code == 0, error);
        return double.Parse(output, CultureInfo.InvariantCulture);
    }
}
