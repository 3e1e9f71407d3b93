using System.Diagnostics;
using System.Globalization;
using Sagebrush.Learning.Explain;
using Sagebrush.Learning.Trees.XGBoost;

// Usage: bench/explain/run [THREADS]. Models of 100 trees on 20 features, 4,000 rows explained; the best of five rounds that alternate.
var threads = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1;
const int Rows = 4000;
const int Features = 20;
foreach (var depth in (int[])[3, 6, 10])
{
    var random = new Random(depth);
    var values = new float[Rows * Features];
    var labels = new float[Rows];
    for (var i = 0; i < values.Length; i++)
    {
        values[i] = (float)random.NextDouble();
    }

    for (var i = 0; i < Rows; i++)
    {
        var row = values.AsSpan(i * Features, Features);
        labels[i] = (float)((row[0] * row[1] * 4) + Math.Sin(6 * row[2]) + row[3] + (0.3 * random.NextDouble()));
    }

    using var matrix = DMatrix.FromDense(values, Rows, Features);
    matrix.SetLabels(labels);
    Dictionary<string, string> parameters = new()
    {
        ["max_depth"] = depth.ToString(CultureInfo.InvariantCulture), ["eta"] = "0.1", ["tree_method"] = "hist",
        ["nthread"] = threads.ToString(CultureInfo.InvariantCulture), ["verbosity"] = "0",
    };
    using var booster = Booster.Create(parameters, matrix);
    for (var round = 0; round < 100; round++)
    {
        booster.Update(round, matrix);
    }

    var shap = new TreeShap(XGBoostModel.Load(booster.Save()));
    var mine = new double[Rows * shap.ValueCount];
    float[] theirs = [];
    var (fastest, library) = (double.MaxValue, double.MaxValue);
    for (var round = 0; round < 5; round++)
    {
        library = Math.Min(library, Time(() => theirs = booster.PredictContributions(matrix)));
        fastest = Math.Min(fastest, Time(() => shap.Explain(values, Rows, mine, threads)));
    }

    var difference = mine.Zip(theirs, (a, b) => Math.Abs(a - b)).Max();
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"depth {depth,2}, {threads} threads: Sagebrush {fastest / Rows * 1e6:0.0} µs a row, libxgboost {library / Rows * 1e6:0.0} µs, {library / fastest:0.0} × as fast; largest difference {difference:0.0e0}"));
}

static double Time(Action action)
{
    var start = Stopwatch.GetTimestamp();
    action();
    return Stopwatch.GetElapsedTime(start).TotalSeconds;
}
