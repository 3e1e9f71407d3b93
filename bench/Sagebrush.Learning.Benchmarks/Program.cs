using Sagebrush.Learning.Benchmarks;

// Usage: dotnet run -c Release --project bench/Sagebrush.Learning.Benchmarks
// bench/learning/run calls it with the arguments: estimators FOLDER NAME FEATURES ROUNDS
if (args is ["estimators", var folder, var name, var features, var rounds])
{
    EstimatorBenchmark.Run(folder, name, int.Parse(features, null), int.Parse(rounds, null));
}
else
{
    RecordIoBenchmark.Run();
}
