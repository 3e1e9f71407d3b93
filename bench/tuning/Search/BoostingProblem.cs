using System.Globalization;
using Sagebrush.Learning.Search;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Tuning.Benchmarks;

/// <summary>Boosted trees on a real table, as a function of six hyperparameters: the metric on held-out rows.</summary>
internal sealed class BoostingProblem : IDisposable
{
    private const int MostRows = 4000;
    private const int Rounds = 40;

    private readonly DMatrix _train;
    private readonly DMatrix _validation;
    private readonly string _objective;
    private readonly string _metric;

    public BoostingProblem(string path, string target, string objective, string metric)
    {
        (_objective, _metric) = (objective, metric);
        var lines = File.ReadAllLines(path);
        var header = lines[0].Split(',');
        var label = Array.IndexOf(header, target);
        var rows = lines.Skip(1).Select(line => line.Split(',')).Where(row => row.Length == header.Length).ToArray();
        new Random(1).Shuffle(rows);
        rows = rows[..Math.Min(MostRows, rows.Length)];
        var columns = header.Select((_, column) => Numbers([.. rows.Select(row => row[column])])).ToArray();
        var half = rows.Length * 2 / 3;
        (_train, _validation) = (Matrix(columns, label, 0, half), Matrix(columns, label, half, rows.Length));
    }

    /// <summary>What is searched.</summary>
    public static SearchSpace Space { get; } = new(
    [
        new ContinuousParameter("eta", 0.005, 1, ParameterScaling.Logarithmic),
        new IntegerParameter("max_depth", 1, 12),
        new ContinuousParameter("min_child_weight", 0.1, 60, ParameterScaling.Logarithmic),
        new ContinuousParameter("subsample", 0.3, 1, ParameterScaling.Linear),
        new ContinuousParameter("colsample_bytree", 0.3, 1, ParameterScaling.Linear),
        new ContinuousParameter("lambda", 0.001, 100, ParameterScaling.Logarithmic),
    ]);

    /// <summary>Trains and scores.</summary>
    public double Evaluate(double[] point)
    {
        Dictionary<string, string> parameters = new()
        {
            ["objective"] = _objective, ["eval_metric"] = _metric, ["nthread"] = "1", ["verbosity"] = "0", ["tree_method"] = "hist", ["max_bin"] = "64", ["seed"] = "7",
        };
        for (var i = 0; i < point.Length; i++)
        {
            parameters[Space.Parameters[i].Name] = point[i].ToString(CultureInfo.InvariantCulture);
        }

        using var booster = Booster.Create(parameters, _train, _validation);
        for (var round = 0; round < Rounds; round++)
        {
            booster.Update(round, _train);
        }

        return booster.Evaluate(Rounds - 1, ("validation", _validation))[0].Value;
    }

    public void Dispose()
    {
        _train.Dispose();
        _validation.Dispose();
    }

    // Numbers stay, words become their rank.
    private static float[] Numbers(string[] texts)
    {
        if (texts.All(text => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            return Array.ConvertAll(texts, text => float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
        }

        var words = texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select((word, i) => (word, i)).ToDictionary(pair => pair.word, pair => (float)pair.i);
        return Array.ConvertAll(texts, text => words[text]);
    }

    private static DMatrix Matrix(float[][] columns, int label, int start, int end)
    {
        var features = columns.Where((_, column) => column != label).ToArray();
        var values = new float[(end - start) * features.Length];
        for (var row = start; row < end; row++)
        {
            for (var column = 0; column < features.Length; column++)
            {
                values[((row - start) * features.Length) + column] = features[column][row];
            }
        }

        var matrix = DMatrix.FromDense(values, end - start, features.Length);
        matrix.SetLabels(columns[label].AsSpan(start, end - start).ToArray());
        return matrix;
    }
}
