using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sagebrush.Algorithms.AutoML;
using Sagebrush.Algorithms.Tests.Tabular;
using Sagebrush.Learning;
using Xunit;

namespace Sagebrush.Algorithms.Tests.AutoML;

public sealed class AutopilotTests
{
    private const string Algorithm = "sagemaker-sklearn-automl";

    [Fact]
    public void Train_TwoClassesFromColumnsOfEveryKind_MakesAModelOfRawRowsAndItsReports()
    {
        using var job = new TabularFolder(Algorithm)
            .With(("target", "answer"), ("max_candidates", "2"), ("max_runtime_in_seconds", "120"), ("name", "kinds"), ("objective", "AUC"))
            .WithText("training", "text/csv;header=present", Mixed(700));

        Assert.True(job.Train() == 0, job.Log);

        var products = Path.Join(job.Folder.OutputData, "products");
        var progress = AutopilotProgress.TryRead(File.ReadAllBytes(Path.Join(products, AutopilotProgress.File)))!;
        Assert.True(progress.IsComplete);
        Assert.Equal(("Completed", "BinaryClassification", "AUC", "ENSEMBLING"), (progress.Stage, progress.Problem, progress.Objective, progress.Mode));
        Assert.Empty(progress.Mishaps);
        var best = progress.Candidates.Single(candidate => candidate.Name == progress.Best);
        Assert.InRange(best.Metrics["AUC"], 0.85, 1);
        Assert.All(progress.Candidates, candidate => Assert.True(File.Exists(Path.Join(products, candidate.Model))));
        Assert.Contains("<svg", File.ReadAllText(Path.Join(products, best.Insights, "report.html")), StringComparison.Ordinal);
        using var quality = JsonDocument.Parse(File.ReadAllText(Path.Join(products, best.Insights, "statistics.json")));
        var metrics = quality.RootElement.GetProperty("binary_classification_metrics");
        Assert.Equal(best.Metrics["AUC"], metrics.GetProperty("auc").GetProperty("value").GetDouble());
        using var shap = JsonDocument.Parse(File.ReadAllText(Path.Join(products, best.Explanations, "analysis.json")));
        var importances = shap.RootElement.GetProperty("explanations").GetProperty("kernel_shap").GetProperty("label0").GetProperty("global_shap_values");
        Assert.Contains(importances.EnumerateObject().First().Name, (string[])["x", "colour"]);
        using var notebook = JsonDocument.Parse(File.ReadAllText(Path.Join(products, progress.CandidateDefinitionNotebook)));
        Assert.Equal(4, notebook.RootElement.GetProperty("nbformat").GetInt32());
        Assert.StartsWith("rank,candidate,algorithm,", File.ReadAllText(Path.Join(products, "leaderboard.csv")), StringComparison.Ordinal);

        // Raw rows, as they stand in the file but without the target; categories never seen, text where numbers were, and nothing at all.
        const string Rows = "7,0.9,\"red, bright\",2024-03-04,any words at all,same,,x1,5\n8,-0.9,blé,2024-03-05,,same,,x2,5\n9,abc,violet,no date,?,other,1,x3,x\n,,,,,,,,\n";
        var answers = Ask(job, Rows, new() { ["SAGEMAKER_INFERENCE_OUTPUT"] = "predicted_label, probability, probabilities, labels" }).Split('\n');
        Assert.StartsWith("\"yes, sir\",0.", answers[0], StringComparison.Ordinal);
        Assert.StartsWith("nö,0.", answers[1], StringComparison.Ordinal);
        Assert.Matches("\"\\['(nö', 'yes, sir|yes, sir', 'nö)'\\]\"$", answers[2]);
        Assert.Equal("\"yes, sir\"\nnö", string.Join('\n', Ask(job, Rows, []).Split('\n').Take(2)));
        Assert.Equal(400, Assert.Throws<InferenceInputException>(() => Ask(job, "1,2\n", [])).StatusCode);
        Assert.Throws<ModelFormatException>(() => Ask(job, Rows, new() { ["SAGEMAKER_INFERENCE_OUTPUT"] = "certainty" }));
    }

    [Fact]
    public void Train_Regression_PredictsNumbersAndIsTheSameForASeed()
    {
        string Answers()
        {
            using var job = new TabularFolder(Algorithm)
                .With(("target", "y"), ("max_candidates", "2"), ("fewest_rows", "20"), ("objective", "RMSE"), ("max_runtime_in_seconds", "120"))
                .WithText("training", "text/csv", Numbers(200)).WithText("validation", "text/csv", Numbers(60));
            Assert.True(job.Train() == 0, job.Log);
            return Ask(job, "0.5,0.5\n-0.5,0.1\n", []);
        }

        var answers = Answers();

        double[] values = [.. answers.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
        Assert.InRange(values[0], 1, 2.2);
        Assert.InRange(values[1], -1.6, -0.6);
        Assert.Equal(answers, Answers());
    }

    [Theory]
    [InlineData("a,y\n1,2\n", "target=z fewest_rows=1", "'z' is not among the columns of the data: a, y")]
    [InlineData("a,y\n1,2\n3,4\n", "target=y", "2 rows. Autopilot needs at least 500 rows")]
    [InlineData("one class", "target=y fewest_rows=20", "the same value in all rows ('no')")]
    [InlineData("no target", "target=y fewest_rows=20", "has no values")]
    [InlineData("useless", "target=y fewest_rows=20", "No column beside 'y' can be learnt from")]
    [InlineData("numbers", "target=y fewest_rows=20 objective=AUC", "The objective AUC is not for Regression")]
    [InlineData("numbers", "target=y fewest_rows=20 algorithms=catboost", "None of the algorithms asked for (catboost)")]
    [InlineData("numbers", "target=y fewest_rows=20 sample_weight=w", "sample weight attribute 'w' is not among the columns")]
    [InlineData("numbers", "fewest_rows=20", "target")]
    [InlineData("a,y\n1,2\n1,2,3\n", "target=y", "expected 2 columns, found 3")]
    public void Train_WhatCannotBeLearnt_IsRefusedInWordsThatHelp(string data, string hyperparameters, string expected)
    {
        var content = data switch
        {
            "one class" => Table("a,y", 50, i => $"{i * 7 % 11},no"),
            "no target" => Table("a,y", 50, i => $"{i * 7 % 11},"),
            "useless" => Table("id,c,m,y", 50, i => $"{i},same,,{i * i % 7}"),
            "numbers" => Numbers(60),
            _ => data,
        };
        using var job = new TabularFolder(Algorithm)
            .With([.. hyperparameters.Split(' ').Select(pair => (pair.Split('=')[0], pair.Split('=')[1]))]).WithText("training", "text/csv", content);

        Assert.Equal(1, job.Train());

        Assert.StartsWith("ClientError: ", job.Failure, StringComparison.Ordinal);
        Assert.Contains(expected, job.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_MoreColumnsThanRows_MakesAModel()
    {
        var random = new Random(2);
        using var job = new TabularFolder(Algorithm)
            .With(("target", "y"), ("max_candidates", "1"), ("fewest_rows", "20"), ("max_runtime_in_seconds", "60"))
            .WithText("training", "text/csv", Table(
                string.Join(',', Enumerable.Range(0, 2000).Select(i => $"f{i}")) + ",y", 60, i => string.Join(',', Enumerable.Range(0, 2000).Select(c => c == 5 ? i % 2 : random.Next(100))) + $",{(i % 2 == 0 ? "a" : "b")}"));

        Assert.True(job.Train() == 0, job.Log);
        Assert.Contains("Column 'f5': It alone tells the target", job.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_SampleWeights_CountInWhatIsReported()
    {
        // Half of the rows, chosen by nothing the model sees, have the other class and no weight.
        var random = new Random(4);
        using var job = new TabularFolder(Algorithm)
            .With(("target", "y"), ("sample_weight", "w"), ("max_candidates", "1"), ("fewest_rows", "20"), ("max_runtime_in_seconds", "60"))
            .WithText("training", "text/csv", Table("x,w,y", 400, i =>
            {
                var (x, isFalse) = (random.NextDouble(), random.Next(2) == 0);
                return string.Create(CultureInfo.InvariantCulture, $"{x:F4},{(isFalse ? 0 : 2.5)},{(x > 0.5 != isFalse ? "yes" : "no")}");
            }));

        Assert.True(job.Train() == 0, job.Log);

        var products = Path.Join(job.Folder.OutputData, "products");
        var report = Directory.GetFiles(products, "statistics.json", SearchOption.AllDirectories).First();
        var metrics = JsonNode.Parse(File.ReadAllText(report))!["binary_classification_metrics"]!;
        Assert.InRange((double)metrics["accuracy"]!["value"]!, 0.97, 1);
        Assert.InRange((double)metrics["auc"]!["value"]!, 0.97, 1);
        var counts = metrics["confusion_matrix"]!.AsObject().SelectMany(row => row.Value!.AsObject().Select(cell => (double)cell.Value!));
        Assert.InRange(counts.Sum(), 400, 600);
    }

    private static string Ask(TabularFolder job, string body, Dictionary<string, string> environment)
    {
        var output = new ArrayBufferWriter<byte>();
        var algorithm = Assert.IsAssignableFrom<IConfiguredAlgorithm>(BuiltInAlgorithms.Find(Algorithm));
        algorithm.Load(job.Folder.Model, null, environment).Predict(Encoding.UTF8.GetBytes(body), "text/csv", "*/*", output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    // An identifier, a number, a category with commas, a date, words, a constant, an empty column, a key of text and a column of mixed types; two columns of one name, one without.
    private static string Mixed(int rows)
    {
        var random = new Random(5);
        return Table("id,x,colour,day,,x,empty,key,mixed,answer", rows, i =>
        {
            var (x, colour) = ((random.NextDouble() * 2) - 1, random.Next(3));
            var isYes = x + (colour == 0 ? 0.7 : colour == 1 ? -0.7 : 0) + (0.4 * (random.NextDouble() - 0.5)) > 0;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{i},{(i % 17 == 0 ? "?" : x.ToString("F4", CultureInfo.InvariantCulture))},{(colour == 0 ? "\"red, bright\"" : colour == 1 ? "blé" : "green")},2024-0{(i % 9) + 1}-1{i % 9},some words number {i},same,,k{i},{(i % 30 == 0 ? "oops" : (i * 7 % 50).ToString(CultureInfo.InvariantCulture))},{(isYes ? "\"yes, sir\"" : "nö")}");
        });
    }

    private static string Numbers(int rows)
    {
        var random = new Random(rows);
        return Table("a,b,y", rows, _ =>
        {
            var (a, b) = ((random.NextDouble() * 2) - 1, (random.NextDouble() * 2) - 1);
            return string.Create(CultureInfo.InvariantCulture, $"{a},{b},{(2 * a) + b}");
        });
    }

    private static string Table(string header, int rows, Func<int, string> row) => header + "\n" + string.Concat(Enumerable.Range(0, rows).Select(i => row(i) + "\n"));
}
