using Sagebrush.Learning.Benchmarks;

// Usage: dotnet run -c Release --project bench/Sagebrush.Learning.Benchmarks
// bench/learning/run calls it with the arguments: estimators FOLDER NAME FEATURES ROUNDS
// bench/learning/run --tables calls it with the arguments: tables FOLDER NAME CLASSES ROUNDS
if (args is ["estimators", var folder, var name, var features, var rounds])
{
    EstimatorBenchmark.Run(folder, name, int.Parse(features, null), int.Parse(rounds, null));
}
else if (args is ["tables", var table, var learner, var classes, var times])
{
    TableBenchmark.Run(table, learner, int.Parse(classes, null), int.Parse(times, null));
}
else if (args is ["typed-tables", var csv])
{
    // bench/tables/run
    TypedTableBenchmark.Run(csv);
}
else if (args is ["trees", var model, var rows, var batch])
{
    // bench/trees/run
    TreeBenchmark.Run(model, rows, int.Parse(batch, null));
}
else
{
    RecordIoBenchmark.Run();
}
