using System.Globalization;
using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Recommendations;

/// <summary>Raises the load as the traffic pattern says, until it ends or a stopping condition holds, and keeps the best that was within the latency allowed.</summary>
internal sealed class LoadRamp(CreateInferenceRecommendationsJobRequest request, LoadTest load, TimeProvider time)
{
    /// <summary>How many users there are at most, unless a traffic pattern asks for more.</summary>
    public const int MostUsers = 64;

    private const double Flat = 1.05;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DefaultStep = TimeSpan.FromSeconds(2);

    /// <returns>The result; null when the job was stopped.</returns>
    /// <exception cref="BenchmarkFailedException">Nothing was answered, or nothing in time.</exception>
    public async Task<BenchmarkResult?> RunAsync(
        ComputeResources machine, ProgramUsage before, TimeSpan setup, Func<Task<bool>> isStopping, CancellationToken cancellationToken)
    {
        var share = Percentile();
        var most = request.StoppingConditions?.MaxInvocations;
        var threshold = request.StoppingConditions?.ModelLatencyThresholds?[0].ValueInMilliseconds is { } milliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : TimeSpan.MaxValue;
        var end = request.InputConfig.JobDurationInSeconds is { } seconds ? time.GetUtcNow() + TimeSpan.FromSeconds(seconds) : DateTimeOffset.MaxValue;
        BenchmarkResult? best = null;
        var slowest = TimeSpan.Zero;
        string? error = null;
        foreach (var (users, duration) in Steps())
        {
            if (await isStopping())
            {
                return null;
            }

            var used = ProgramUsage.Now();
            var window = await load.RunAsync(users, duration, cancellationToken);
            error = window.LastError ?? error;
            if (window.Latencies.Count == 0)
            {
                break;
            }

            var now = ProgramUsage.Now();
            var latency = window.Percentile(share);
            slowest = latency > slowest ? latency : slowest;
            if (latency > threshold)
            {
                break;
            }

            var isFlat = best is not null && window.PerMinute < best.InvocationsPerMinute * Flat;
            if (best is null || window.PerMinute > best.InvocationsPerMinute)
            {
                best = new BenchmarkResult(
                    window.PerMinute,
                    (int)Math.Ceiling(latency.TotalMicroseconds),
                    Math.Clamp((now.Processor - used.Processor) / window.Duration / machine.VCpus * 100, 0, 100),
                    Math.Clamp((double)(now.MemoryBytes - before.MemoryBytes) / machine.MemoryBytes * 100, 0, 100),
                    (int)Math.Ceiling(setup.TotalSeconds));
            }

            if (window.PerMinute >= most || time.GetUtcNow() >= end
                || (isFlat && request.StoppingConditions?.FlatInvocations != FlatInvocations.Continue && request.InputConfig.TrafficPattern is null))
            {
                break;
            }
        }

        return best ?? throw new BenchmarkFailedException(
            error is not null ? $"The model answered no sample request: {error}"
            : string.Create(CultureInfo.InvariantCulture, $"The model's latency was {slowest.TotalMilliseconds:0.###} milliseconds already for one user, more than ModelLatencyThresholds allow."));
    }

    /// <summary>How many users there are, and how long.</summary>
    private IEnumerable<(int Users, TimeSpan Duration)> Steps()
    {
        if (request.InputConfig.TrafficPattern is not { } pattern)
        {
            for (var users = 1; users <= MostUsers; users *= 2)
            {
                yield return (users, DefaultStep);
            }

            yield break;
        }

        if (pattern.Stairs is { } stairs)
        {
            var steps = stairs.NumberOfSteps ?? 1;
            for (var step = 1; step <= steps; step++)
            {
                yield return (step * (stairs.UsersPerStep ?? 1), TimeSpan.FromSeconds((double)(stairs.DurationInSeconds ?? 1) / steps));
            }

            yield break;
        }

        foreach (var phase in pattern.Phases!)
        {
            // So many users more each minute.
            for (var second = 0; second < (phase.DurationInSeconds ?? 1); second++)
            {
                yield return (Math.Max(1, (phase.InitialNumberOfUsers ?? 1) + ((phase.SpawnRate ?? 0) * second / 60)), Window);
            }
        }
    }

    private double Percentile() =>
        request.StoppingConditions?.ModelLatencyThresholds?[0].Percentile is { } text
            && double.TryParse(text.AsSpan().TrimStart("Pp"), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 100
            ? percent / 100
            : 0.95;
}
