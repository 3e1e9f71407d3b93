using Sagebrush.Learning.Benchmarks;

// Usage: dotnet run -c Release --project bench/Sagebrush.Learning.Benchmarks
RecordIoBenchmark.Run();
