using System.Globalization;
using System.Text;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Serving;
using Sagebrush.State.Objects;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Recommendations;

/// <summary>Runs a job's benchmarks one after the other: side by side they would measure each other. One that a crash cut off is run again.</summary>
internal sealed class RecommendationReconciler(IResourceStore store, IObjectStore objects, BenchmarkRunner runner, TimeProvider time) : IReconciler
{
    private const int LongestReason = 1024;

    private readonly ResourceSet<RecommendationJobDocument> _jobs = store.For(RecommendationCapability.JobKind);

    public string Kind => RecommendationCapability.JobKind.Name;

    public bool IsSettled(string status) =>
        status is RecommendationJobStatus.Completed or RecommendationJobStatus.Failed or RecommendationJobStatus.Stopped;

    public async ValueTask<ReconcileOutcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (await _jobs.FindAsync(key, cancellationToken) is not { Document: var job } || IsSettled(job.Status))
        {
            return ReconcileOutcome.Done;
        }

        var index = job.Benchmarks.ToList().FindIndex(benchmark => !benchmark.IsOver);
        if (job.Status == RecommendationJobStatus.Stopping || index < 0)
        {
            await EndAsync(key, job, cancellationToken);
            return ReconcileOutcome.Done;
        }

        var running = job.Benchmarks[index] with { Status = RecommendationJobStatus.InProgress, Start = time.GetUtcNow() };
        await SetAsync(key, index, running, cancellationToken);
        var ended = await RunAsync(key, job, running, cancellationToken);
        await SetAsync(key, index, ended with { End = time.GetUtcNow() }, cancellationToken);
        return ReconcileOutcome.Done;
    }

    private async Task<Benchmark> RunAsync(ResourceKey key, RecommendationJobDocument job, Benchmark benchmark, CancellationToken cancellationToken)
    {
        try
        {
            var result = await runner.RunAsync(key, job, benchmark, () => IsStoppingAsync(key, cancellationToken), cancellationToken);
            return result is null
                ? benchmark with { Status = RecommendationJobStatus.Stopped }
                : benchmark with { Status = RecommendationJobStatus.Completed, Result = result };
        }
        catch (Exception error) when (error is ModelLoadException or BenchmarkFailedException)
        {
            return benchmark with
            {
                Status = RecommendationJobStatus.Failed,
                FailureReason = error.Message.Length > LongestReason ? error.Message[..LongestReason] : error.Message,
            };
        }
    }

    private async Task<bool> IsStoppingAsync(ResourceKey key, CancellationToken cancellationToken) =>
        await _jobs.FindAsync(key, cancellationToken) is not { Document.Status: RecommendationJobStatus.Pending or RecommendationJobStatus.InProgress };

    private async Task SetAsync(ResourceKey key, int index, Benchmark benchmark, CancellationToken cancellationToken) => await _jobs.UpdateAsync(
        key,
        job => job with
        {
            Status = job.Status == RecommendationJobStatus.Pending ? RecommendationJobStatus.InProgress : job.Status,
            Benchmarks = [.. job.Benchmarks.Select((other, i) => i == index ? benchmark : other)],
        },
        cancellationToken);

    private async Task EndAsync(ResourceKey key, RecommendationJobDocument job, CancellationToken cancellationToken)
    {
        var failed = job.Benchmarks.All(benchmark => benchmark.Status == RecommendationJobStatus.Failed);
        if (!failed && job.Request.OutputConfig?.CompiledOutputConfig?.S3OutputUri is { } output)
        {
            await WriteAsync(output, job, cancellationToken);
        }

        await _jobs.UpdateAsync(
            key,
            current => current with
            {
                Status = current.Status == RecommendationJobStatus.Stopping ? RecommendationJobStatus.Stopped
                    : failed ? RecommendationJobStatus.Failed
                    : RecommendationJobStatus.Completed,
                FailureReason = failed ? current.Benchmarks[0].FailureReason : null,
                Completed = time.GetUtcNow(),
                Benchmarks = [.. current.Benchmarks.Select(benchmark => benchmark.IsOver ? benchmark : benchmark with { Status = RecommendationJobStatus.Stopped })],
            },
            cancellationToken);
    }

    /// <summary>Writes the results as a table beside the caller's other outputs.</summary>
    private async Task WriteAsync(string output, RecommendationJobDocument job, CancellationToken cancellationToken)
    {
        var table = new StringBuilder("RecommendationId,InstanceType,Environment,MaxInvocations,ModelLatency,CostPerHour,CostPerInference,CpuUtilization,MemoryUtilization\n");
        foreach (var benchmark in job.Benchmarks.Where(benchmark => benchmark is { Result: not null, Endpoint: null }))
        {
            var metrics = RecommendationJobs.Metrics(benchmark);
            var environment = string.Join(' ', benchmark.Environment.Select(pair => $"{pair.Key}={pair.Value}")).Replace("\"", "\"\"", StringComparison.Ordinal);
            table.Append(
                CultureInfo.InvariantCulture,
                $"{job.Request.JobName}/{benchmark.Id},{benchmark.InstanceType ?? $"serverless {benchmark.Serverless!.MemorySizeInMB} MB"},\"{environment}\",{metrics.MaxInvocations},{metrics.ModelLatency},{metrics.CostPerHour},{metrics.CostPerInference},{metrics.CpuUtilization:0.##},{metrics.MemoryUtilization:0.##}\n");
        }

        var place = S3Location.Parse(output).Below($"{job.Request.JobName}/recommendations.csv");
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(table.ToString()));
        using var content = await objects.WriteAsync(bytes, new ContentOptions(), cancellationToken);
        await objects.PutAsync(new ObjectTarget { Bucket = place.Bucket, Key = place.Key }, content, cancellationToken);
    }
}
