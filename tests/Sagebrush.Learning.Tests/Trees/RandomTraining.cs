using System.Globalization;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Learning.Tests.Trees;

/// <summary>Random data and parameters, and the booster that libxgboost trained from them.</summary>
internal sealed class RandomTraining : IDisposable
{
    private readonly Random _random;

    public RandomTraining(int seed, string objective, string boosterKind = "gbtree")
    {
        _random = new Random(seed);
        Rows = _random.Next(20, 120);
        Features = _random.Next(1, 9);
        var classes = objective.StartsWith("multi:", StringComparison.Ordinal) ? _random.Next(2, 6) : 0;
        var missing = _random.NextDouble() < 0.3 ? 0 : _random.NextDouble() * 0.4;
        Values = new float[Rows * Features];
        for (var i = 0; i < Values.Length; i++)
        {
            // Few distinct values make ties with thresholds likely.
            Values[i] = _random.NextDouble() < missing
                ? float.NaN
                : _random.NextDouble() < 0.5 ? _random.Next(-3, 4) : (float)((_random.NextDouble() * 20) - 10);
        }

        var labels = new float[Rows];
        for (var i = 0; i < Rows; i++)
        {
            labels[i] = Label(objective, classes);
        }

        Matrix = DMatrix.FromDense(Values, Rows, Features);
        Matrix.SetLabels(labels);
        if (objective == "survival:aft")
        {
            Matrix.SetLabelBounds(labels, Array.ConvertAll(labels, l => l + 1));
        }

        if (objective.StartsWith("rank:", StringComparison.Ordinal))
        {
            Matrix.SetGroupSizes([(uint)(Rows / 2), (uint)(Rows - (Rows / 2))]);
        }

        Booster = Booster.Create(Parameters(objective, boosterKind, classes), Matrix);
        var rounds = _random.Next(1, 15);
        for (var i = 0; i < rounds; i++)
        {
            Booster.Update(i, Matrix);
        }
    }

    public int Rows { get; }

    public int Features { get; }

    public float[] Values { get; }

    public DMatrix Matrix { get; }

    public Booster Booster { get; }

    public void Dispose()
    {
        Booster.Dispose();
        Matrix.Dispose();
    }

    private float Label(string objective, int classes) => objective switch
    {
        "binary:logistic" or "binary:logitraw" or "binary:hinge" => _random.Next(2),
        "reg:logistic" => (float)_random.NextDouble(),
        _ when classes > 0 => _random.Next(classes),
        _ when objective.StartsWith("rank:", StringComparison.Ordinal) => _random.Next(2),
        "count:poisson" or "reg:tweedie" => _random.Next(5),
        "reg:gamma" or "survival:cox" or "survival:aft" or "reg:squaredlogerror" => 0.1f + (float)_random.NextDouble(),
        _ => (float)((_random.NextDouble() * 10) - 5),
    };

    private Dictionary<string, string> Parameters(string objective, string boosterKind, int classes)
    {
        Dictionary<string, string> parameters = new()
        {
            ["objective"] = objective,
            ["booster"] = boosterKind,
            ["nthread"] = "1",
            ["verbosity"] = "0",
            ["seed"] = _random.Next(1000).ToString(CultureInfo.InvariantCulture),
        };
        if (classes > 0)
        {
            parameters["num_class"] = classes.ToString(CultureInfo.InvariantCulture);
        }

        if (boosterKind != "gblinear")
        {
            parameters["eta"] = (0.05 + _random.NextDouble()).ToString(CultureInfo.InvariantCulture);
            parameters["max_depth"] = _random.Next(1, 9).ToString(CultureInfo.InvariantCulture);
            parameters["min_child_weight"] = "0";
            parameters["subsample"] = (0.5 + (_random.NextDouble() / 2)).ToString(CultureInfo.InvariantCulture);
            parameters["tree_method"] = _random.Next(3) switch { 0 => "exact", 1 => "approx", _ => "hist" };
            if (objective != "reg:absoluteerror")
            {
                parameters["num_parallel_tree"] = _random.Next(1, 3).ToString(CultureInfo.InvariantCulture);
            }

            if (parameters["tree_method"] == "hist" && _random.Next(2) == 0)
            {
                // Deep and lopsided trees take the other way through the evaluator.
                parameters["grow_policy"] = "lossguide";
                parameters["max_depth"] = "0";
                parameters["max_leaves"] = "40";
            }
        }

        if (boosterKind == "dart")
        {
            parameters["rate_drop"] = "0.5";
            parameters["one_drop"] = "1";
        }

        if (_random.Next(2) == 0)
        {
            parameters["base_score"] = (0.1 + (_random.NextDouble() * 0.8)).ToString(CultureInfo.InvariantCulture);
        }

        return parameters;
    }
}
