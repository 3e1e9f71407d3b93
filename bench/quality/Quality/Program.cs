using System.Globalization;
using Sagebrush.Learning.AutoML;
using Sagebrush.Learning.Tables.Typed;
using Sagebrush.Quality;

// Usage: Quality TRAIN.csv TEST.csv TARGET OBJECTIVE SECONDS SEED
// Trains on one file, predicts the other, and prints the scores as one line of JSON; how it goes on is told on standard error.
if (args is not [var trainPath, var testPath, var target, var objective, var seconds, var seed])
{
    Console.Error.WriteLine("Quality TRAIN.csv TEST.csv TARGET OBJECTIVE SECONDS SEED");
    return 2;
}

var folder = Directory.CreateTempSubdirectory("quality-").FullName;
var started = TimeProvider.System.GetTimestamp();
var options = new AutopilotOptions
{
    Target = target,
    Objective = AutopilotObjective.Find(objective),
    TimeBudget = TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)),
    Seed = long.Parse(seed, CultureInfo.InvariantCulture),
    StateFolder = Path.Join(folder, "state"),
};
try
{
    var result = new AutopilotEngine(options, TypedTableReader.Read([trainPath]), new ProgressPrinter(), TimeProvider.System).Run(default);
    var model = result.Model(Path.Join(folder, "model"));
    var spent = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    var test = TypedTableReader.Read([testPath], csv: new() { HasHeader = true });
    var column = test.Columns[test.IndexOf(target)];
    var outputs = model.Predict(test);
    float[] labels = [.. Enumerable.Range(0, test.RowCount).Select(row => result.Analysis.Task.LabelOf(column.Text(row)) ?? throw new InvalidDataException($"row {row}: an unknown label"))];
    var metrics = AutopilotObjective.Evaluate(result.Analysis.Task.Problem, labels, outputs, model.Classes.Count, result.Threshold);
    Console.WriteLine(
        "{" + string.Join(", ", metrics.Select(metric => string.Create(CultureInfo.InvariantCulture, $"\"{metric.Key}\": {metric.Value:R}")))
        + string.Create(CultureInfo.InvariantCulture, $", \"candidates\": {result.Candidates.Count}, \"seconds\": {spent:F1}}}"));
}
finally
{
    Directory.Delete(folder, recursive: true);
}

return 0;
