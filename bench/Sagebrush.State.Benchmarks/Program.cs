using Sagebrush.State.Benchmarks;

// Usage: dotnet run -c Release --project bench/Sagebrush.State.Benchmarks [-- FOLDER]
// The folder decides which disk is measured; a temporary one is used unless given.
var parent = args.Length > 0 ? args[0] : Path.GetTempPath();
var folder = Path.Combine(parent, $"sagebrush-bench-{Environment.ProcessId}");
Directory.CreateDirectory(folder);
try
{
    await LogBenchmark.RunAsync(folder);
    await ResourceBenchmark.RunAsync(folder);
}
finally
{
    Directory.Delete(folder, recursive: true);
}
