using System.Globalization;
using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.Serving;
using Sagebrush.Serving.Archives;
using Sagebrush.Serving.Routing;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Recommendations;

/// <summary>Carries out one load test: loads the model for a machine, sends it sample requests, and measures.</summary>
internal sealed class BenchmarkRunner(ModelHost models, EndpointRouter router, IObjectStore objects, HostingOptions options, TimeProvider time)
{
    private const string Workers = "SAGEMAKER_MODEL_SERVER_WORKERS";
    private const int LargestPayload = 6 << 20;
    private const int MostPayloads = 100;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(60);

    /// <returns>What was measured; null when the job was stopped.</returns>
    /// <exception cref="ModelLoadException">The model cannot be loaded on that machine.</exception>
    /// <exception cref="BenchmarkFailedException">There is no payload, or the model answers none of them.</exception>
    public async Task<BenchmarkResult?> RunAsync(
        ResourceKey key, RecommendationJobDocument job, Benchmark benchmark, Func<Task<bool>> isStopping, CancellationToken cancellationToken)
    {
        var folder = Path.Join(options.Folder, $"payload.{benchmark.Id}");
        try
        {
            var payloads = await PayloadsAsync(job.PayloadUrl!, folder, cancellationToken);
            return benchmark.Endpoint is { } endpoint
                ? await TestAsync(key, job, endpoint, payloads, isStopping, cancellationToken)
                : await TestAsync(key, job, benchmark, payloads, isStopping, cancellationToken);
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private async Task<BenchmarkResult?> TestAsync(
        ResourceKey key, RecommendationJobDocument job, Benchmark benchmark, IReadOnlyList<byte[]> payloads, Func<Task<bool>> isStopping, CancellationToken cancellationToken)
    {
        var machine = benchmark.Serverless is { } serverless
            ? new ComputeResources(serverless.MaxConcurrency, (long)serverless.MemorySizeInMB << 20, 0)
            : InstanceCatalogue.Get(benchmark.InstanceType!).Resources();
        var containers = await ContainersAsync(key, job, cancellationToken);
        var id = $"benchmark.{benchmark.Id}";
        try
        {
            var before = ProgramUsage.Now();
            var began = time.GetTimestamp();

            // What another processor count would make of it: so many workers, so many requests at once.
            var environment = new Dictionary<string, string>(benchmark.Environment);
            environment.TryAdd(Workers, machine.VCpus.ToString(CultureInfo.InvariantCulture));
            await using var server = await models.LoadAsync(
                new ModelDeployment
                {
                    JobId = id,
                    Containers = containers,
                    Environment = environment,
                    InstanceType = benchmark.InstanceType,
                    Serverless = benchmark.Serverless,
                    RequestTimeout = RequestTimeout,
                    LargestAnswer = LargestPayload,
                },
                static _ => { },
                cancellationToken);
            var setup = time.GetElapsedTime(began);
            using var load = new LoadTest(server.InvokeAsync, payloads, job.ContentType, machine.VCpus, time);
            return await new LoadRamp(job.Request, load, time).RunAsync(machine, before, setup, isStopping, cancellationToken);
        }
        finally
        {
            models.Forget(id);
        }
    }

    /// <summary>Tests an endpoint as its clients would: it has what machines it has.</summary>
    private async Task<BenchmarkResult?> TestAsync(
        ResourceKey key, RecommendationJobDocument job, TestedEndpoint endpoint, IReadOnlyList<byte[]> payloads, Func<Task<bool>> isStopping, CancellationToken cancellationToken)
    {
        var client = new EndpointClient(router, new EndpointKey(key.Account, key.Region, endpoint.Name), time);
        using var load = new LoadTest(client.InvokeAsync, payloads, job.ContentType, LoadRamp.MostUsers, time);
        return await new LoadRamp(job.Request, load, time).RunAsync(MachineCapacity.Detect(), ProgramUsage.Now(), TimeSpan.Zero, isStopping, cancellationToken);
    }

    private async Task<IReadOnlyList<ContainerDefinition>> ContainersAsync(ResourceKey key, RecommendationJobDocument job, CancellationToken cancellationToken) =>
        job.Package?.Containers
        ?? await models.FindAsync(key.Account, key.Region, job.Request.InputConfig.ModelName!, cancellationToken)
        ?? throw new BenchmarkFailedException($"The model {job.Request.InputConfig.ModelName} was deleted.");

    /// <summary>The sample requests: the files of an archive, or the object itself when it is none.</summary>
    private async Task<IReadOnlyList<byte[]>> PayloadsAsync(string url, string folder, CancellationToken cancellationToken)
    {
        var location = S3Location.Parse(url);
        try
        {
            using var reader = objects.Open(location.Bucket, location.Key);
            await using var stream = reader.OpenStream(0, reader.Info.Size);
            if (!location.Key.EndsWith(".tar.gz", StringComparison.Ordinal) && !location.Key.EndsWith(".tgz", StringComparison.Ordinal))
            {
                using var bytes = new MemoryStream();
                await stream.CopyToAsync(bytes, cancellationToken);
                return [bytes.ToArray()];
            }

            await TarGzArchive.ExtractAsync(stream, folder, ArchiveLimits.Default, cancellationToken);
        }
        catch (Exception error) when (error is InvalidArchiveException or ObjectStoreException)
        {
            throw new BenchmarkFailedException($"The sample payload {url} cannot be read: {error.Message}", error);
        }

        var payloads = new List<byte[]>();
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => file.LinkTarget is null && file.Length <= LargestPayload && !file.Name.StartsWith('.')).OrderBy(file => file.FullName, StringComparer.Ordinal).Take(MostPayloads))
        {
            payloads.Add(await File.ReadAllBytesAsync(file.FullName, cancellationToken));
        }

        return payloads.Count > 0 ? payloads : throw new BenchmarkFailedException($"The sample payload {url} has no file of at most 6 MiB.");
    }
}
