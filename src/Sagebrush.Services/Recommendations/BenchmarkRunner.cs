using System.Globalization;
using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.Serving;
using Sagebrush.Serving.Archives;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Recommendations;

/// <summary>Carries out one load test: loads the model for a machine, sends it sample requests, and measures.</summary>
internal sealed class BenchmarkRunner(ModelHost models, IObjectStore objects, HostingOptions options, TimeProvider time)
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
        var machine = InstanceCatalogue.Get(benchmark.InstanceType).Resources();
        var containers = await ContainersAsync(key, job, cancellationToken);
        var folder = Path.Join(options.Folder, $"payload.{benchmark.Id}");
        var id = $"benchmark.{benchmark.Id}";
        try
        {
            var payloads = await PayloadsAsync(job.PayloadUrl!, folder, cancellationToken);
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
                    InstanceCount = 1,
                    RequestTimeout = RequestTimeout,
                    LargestAnswer = LargestPayload,
                },
                static _ => { },
                cancellationToken);
            var setup = time.GetElapsedTime(began);
            using var load = new LoadTest(server, payloads, job.ContentType, machine.VCpus, time);
            return await new LoadRamp(job.Request, load, time).RunAsync(machine, before, setup, isStopping, cancellationToken);
        }
        finally
        {
            models.Forget(id);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
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
