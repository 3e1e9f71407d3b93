namespace Sagebrush.Services.Recommendations;

/// <summary>What a load test measured.</summary>
/// <param name="InvocationsPerMinute">The most requests a minute that were answered within the latency allowed.</param>
/// <param name="LatencyMicroseconds">The latency at that load, at the percentile asked for.</param>
/// <param name="CpuPercent">Processor time taken at that load, in percent of the machine's.</param>
/// <param name="MemoryPercent">Memory taken, in percent of the machine's.</param>
/// <param name="SetupSeconds">How long the model took to load.</param>
internal sealed record BenchmarkResult(
    int InvocationsPerMinute, int LatencyMicroseconds, double CpuPercent, double MemoryPercent, int SetupSeconds);
