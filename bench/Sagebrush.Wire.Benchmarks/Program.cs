using BenchmarkDotNet.Running;
using Sagebrush.Wire.Benchmarks;

// One command: dotnet run -c Release --project bench/Sagebrush.Wire.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(SignatureBenchmarks).Assembly).Run(args);
