using System.Globalization;
using System.Text.Json;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Algorithms.Tests.Tabular;

/// <summary>LightGBM, random forest and extra trees as programs, on real tables where they are.</summary>
public sealed class TreeAlgorithmTests
{
    [Fact]
    public void Train_LightGbmOnAdult_IsAccurateAndAnswersInEveryFormat()
    {
        using var job = new TabularFolder("lightgbm-classification-model");
        var (train, test) = Adult();
        job.With(("num_boost_round", "60"), ("num_leaves", "31"), ("metric", "auc"), ("learning_rate", "0.1"))
            .WithText("train", "text/csv", train).WithText("validation", "text/csv", test);
        File.WriteAllText(Path.Combine(job.Folder.Channel("train"), "categorical_index.json"), """{"cat_index_list": [2, 4, 6, 7, 8, 9, 10, 14]}""");

        Assert.True(job.Train() == AlgorithmProgram.Success, job.Log);

        Assert.InRange(job.Metric("auc"), 0.915, 0.95);
        var row = test.Split('\n')[0].Split(',', 2)[1];
        using var json = JsonDocument.Parse(job.Ask(row + "\n" + row, "text/csv", "application/json"));
        var chances = json.RootElement.GetProperty("probabilities");
        Assert.Equal((2, 2), (chances.GetArrayLength(), chances[0].GetArrayLength()));
        Assert.Equal(1, chances[0][0].GetDouble() + chances[0][1].GetDouble(), 1e-5);
        Assert.Equal($"{chances[0][0].GetRawText()},{chances[0][1].GetRawText()}\n", job.Ask(row, "text/csv", "text/csv"));
        using var verbose = JsonDocument.Parse(job.Ask(row, "text/csv", "application/json;verbose"));
        Assert.Equal("[0, 1]", verbose.RootElement.GetProperty("labels").GetRawText());
        Assert.Equal(chances[0][1].GetDouble() > 0.5 ? 1 : 0, verbose.RootElement.GetProperty("predicted_label")[0].GetInt32());
    }

    [Fact]
    public void Train_LightGbmWithOneFolder_HoldsRowsOutAndStopsEarly()
    {
        using var job = new TabularFolder("lightgbm-regression-model");
        job.With(("num_boost_round", "400"), ("learning_rate", "0.5"), ("early_stopping_rounds", "5")).WithText("training", "text/csv", "");
        var folder = Directory.CreateDirectory(Path.Combine(job.Folder.Channel("training"), "train")).FullName;
        File.Delete(job.PathOf("training"));
        File.WriteAllText(Path.Combine(folder, "data.csv"), string.Join('\n', Enumerable.Range(0, 500).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{Math.Sin(i) + (i % 7)},{i % 7},{(i % 11 == 0 ? "" : Math.Sin(i).ToString(CultureInfo.InvariantCulture))}"))));

        Assert.True(job.Train() == AlgorithmProgram.Success, job.Log);

        Assert.Contains("100 rows of the train channel, chosen at random, judge", job.Log, StringComparison.Ordinal);
        Assert.Contains("Early stopping, best iteration is", job.Log, StringComparison.Ordinal);
        Assert.InRange(job.Metric("rmse"), 0, 0.4);
        using var json = JsonDocument.Parse(job.Ask("3,0.5\n3,", "text/csv", "application/json"));
        Assert.InRange(json.RootElement.GetProperty("prediction")[0].GetDouble(), 3.2, 3.8);
    }

    [Fact]
    public void Train_LightGbmWithCheckpoint_GoesOnFromIt()
    {
        using var job = new TabularFolder("lightgbm-regression-model");
        var rows = string.Join('\n', Enumerable.Range(0, 300).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i % 13},{i % 13},{i % 5}")));
        job.With(("num_boost_round", "8"), ("early_stopping_rounds", "0")).WithText("train", "text/csv", rows).WithText("validation", "text/csv", rows);
        Assert.True(job.Train() == AlgorithmProgram.Success, job.Log);
        Directory.CreateDirectory(job.Folder.Checkpoints);
        File.Copy(Path.Combine(job.Folder.Model, "model_algo-1"), Path.Combine(job.Folder.Checkpoints, "lightgbm-checkpoint.00000008"));
        File.WriteAllText(Path.Combine(job.Folder.Checkpoints, "lightgbm-checkpoint.00000009"), "no model");

        job.With(("num_boost_round", "12"));
        Assert.True(job.Train() == AlgorithmProgram.Success, job.Log);

        Assert.Contains("resuming after round 8", job.Log, StringComparison.Ordinal);
        Assert.Contains("cannot be used and is passed over", job.Log, StringComparison.Ordinal);
        Assert.Contains("[12] valid_0's rmse:", job.Log, StringComparison.Ordinal);
        Assert.Contains("Saved the model of 12 rounds", job.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("random-forest")]
    [InlineData("extra-trees")]
    public void Train_ForestOnAdult_IsAccurateAndNamesLabelAndProbabilities(string algorithm)
    {
        using var job = new TabularFolder(algorithm);
        var (train, test) = Adult();
        job.With(("predictor_type", "classifier"), ("n_estimators", "30"), ("min_samples_leaf", "3"), ("bootstrap", "true"))
            .WithText("train", "text/csv", train).WithText("validation", "text/csv", test);

        Assert.True(job.Train() == AlgorithmProgram.Success, job.Log);

        Assert.InRange(job.Metric("validation:auc"), 0.88, 0.95);
        Assert.InRange(job.Metric("out_of_bag:accuracy"), 0.83, 0.89);
        using var json = JsonDocument.Parse(job.Ask(test.Split('\n')[0].Split(',', 2)[1], "text/csv", "application/json"));
        var answer = json.RootElement.GetProperty("predictions")[0];
        Assert.Equal(answer.GetProperty("probabilities")[1].GetDouble() > 0.5 ? 1 : 0, answer.GetProperty("predicted_label").GetInt32());
    }

    [Theory]
    [InlineData("random-forest", "predictor_type", "classifier", "1.5,2\n0,1\n", "is no whole number")]
    [InlineData("random-forest", "max_features", "-1", "1,2\n0,1\n", "is not auto, sqrt, log2")]
    [InlineData("lightgbm-classification-model", "metric", "rmse", "1,2\n0,1\n", "'rmse' is not one of")]
    [InlineData("lightgbm-classification-model", "metric", "multi_error", "1,2\n0,1\n0,2\n1,3\n0,1\n1,1\n", "does not judge a training of two classes")]
    [InlineData("lightgbm-regression-model", "boosting", "dart", "1,2\n0,1\n", "'dart' is not one of gbdt, goss")]
    [InlineData("lightgbm-regression-model", "num_leaves", "8", "1,2\n0,1\n", "too few to hold some out")]
    public void Train_WhatCannotBe_SaysSo(string algorithm, string name, string value, string rows, string message)
    {
        using var job = new TabularFolder(algorithm);
        job.With((name, value)).WithText("train", "text/csv", rows);
        if (algorithm == "random-forest")
        {
            job.WithDefault("predictor_type", "regressor");
        }

        Assert.Equal(AlgorithmProgram.Failure, job.Train());
        Assert.Contains(message, job.Failure, StringComparison.Ordinal);
    }

    /// <summary>The census with its label first and names as numbers, a row in five held out.</summary>
    private static (string Train, string Test) Adult()
    {
        var path = Datasets.Find("adult.csv");
        Assert.SkipWhen(path is null, "The data sets are absent.");
        var lines = File.ReadLines(path!).Skip(1).Select(line => line.Split(',', StringSplitOptions.TrimEntries)).Where(cells => cells.Length == 15).ToList();
        var names = Enumerable.Range(0, 15).Select(_ => new Dictionary<string, int>()).ToArray();
        var rows = lines.Select(cells => string.Join(',', cells.Select((cell, column) => (Column: column, Text: Code(cell, names[column])))
            .OrderByDescending(cell => cell.Column == 14).Select(cell => cell.Text))).ToList();
        return (string.Join('\n', rows.Where((_, i) => i % 5 != 0)), string.Join('\n', rows.Where((_, i) => i % 5 == 0)));
    }

    private static string Code(string cell, Dictionary<string, int> names)
    {
        if (cell == "?" || double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            return cell == "?" ? "" : cell;
        }

        names.TryAdd(cell, names.Count);
        return names[cell].ToString(CultureInfo.InvariantCulture);
    }
}
