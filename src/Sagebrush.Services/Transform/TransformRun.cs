using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.CloudWatch.Utilization;
using Sagebrush.Services.Hosting.Fleets;
using Sagebrush.Services.Hosting.Metrics;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.Services.Training;
using Sagebrush.Services.Training.Input;
using Sagebrush.Serving;
using Sagebrush.Serving.Batch;
using Sagebrush.State.Logs;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Transform;

/// <summary>One job's way: a place on the machine, the model, then each file through it.</summary>
/// <remarks>
/// A file's output becomes an object when all of it is there, so after a restart files whose outputs are younger than the job's start are
/// left alone. A file that fails has no output and fails the job; the other files are transformed all the same.
/// </remarks>
internal sealed class TransformRun(ResourceKey key, TransformParts parts)
{
    private const string LogGroup = "/aws/sagemaker/TransformJobs";
    private const long LargestOutput = 5L << 40;
    private const int LargestAnswer = 100 * BatchOptions.MiB;

    private readonly ResourceSet<TransformJobDocument> _jobs = parts.Store.For(TransformJobs.Kind);

    /// <summary>Runs the job.</summary>
    /// <returns>How it ended.</returns>
    public async Task<(string Status, string? Reason)> RunAsync(CancellationToken cancellationToken)
    {
        var document = (await _jobs.FindAsync(key, cancellationToken))!.Document;
        var resources = document.Job.TransformResources;
        using var place = parts.Capacity.Enqueue(key.Name, Wanted(resources));
        await place.GrantedAsync(cancellationToken);
        document = (await _jobs.UpdateAsync(key, Start, cancellationToken))!.Document;
        var job = document.Job;

        var stream = new LogGroupKey(key.Account, key.Region, LogGroup).Stream($"{key.Name}/{document.Id}");
        var dataStream = stream with { Name = stream.Name + "/data-log" };
        await parts.Logs.EnsureStreamAsync(stream, cancellationToken);
        await parts.Logs.EnsureStreamAsync(dataStream, cancellationToken);
        await using var log = new EndpointLog(parts.Logs, stream, parts.Clock, parts.Logger);
        await using var dataLog = new EndpointLog(parts.Logs, dataStream, parts.Clock, parts.Logger);
        try
        {
            var inputs = Inputs(job);
            var options = TransformPlan.Options(job);
            dataLog.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{parts.Clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fff}:[sagemaker logs]: MaxConcurrentTransforms={options.Concurrency}, MaxPayloadInMB={options.LargestPayload / BatchOptions.MiB}, BatchStrategy={(options.SingleRecord ? "SINGLE_RECORD" : "MULTI_RECORD")}"));
            await using var server = await parts.Models.LoadAsync(Deployment(document, options), log.Write, cancellationToken);
            using var meters = parts.Metrics.Meter([Utilization(document, resources, server)]);
            var failed = await TransformAsync(job, inputs, new BatchTransformer(server, options, parts.Clock), dataLog, cancellationToken);
            if (failed.Count == 0)
            {
                await TransformCapture.WriteAsync(parts.Objects, job, inputs, cancellationToken);
                return (TransformJobStatus.Completed, null);
            }

            return (TransformJobStatus.Failed, Cut($"ClientError: {failed.Count} of {inputs.Keys!.Count} files could not be transformed; the first: {failed[0]}. See job logs for more information"));
        }
        catch (ModelLoadException error)
        {
            log.Write(error.Message);
            return (TransformJobStatus.Failed, Cut($"ClientError: {error.Message} See job logs for more information"));
        }
        catch (TrainingFailureException error)
        {
            return (TransformJobStatus.Failed, Cut(error.Message));
        }
        finally
        {
            parts.Models.Forget(document.Id);
        }
    }

    private static ComputeResources Wanted(TransformResources resources)
    {
        var one = InstanceCatalogue.TryGet(resources.InstanceType, out var type) ? type.Resources() : default;
        return one * resources.InstanceCount;
    }

    // The models of all its instances share the processes behind the server.
    private UtilizationSubject Utilization(TransformJobDocument document, TransformResources resources, IModelServer server) =>
        UtilizationSubject.OfHost(key, LogGroup, document.Id, Wanted(resources).MemoryBytes, () => ServerMeasures.UsageOf(server));

    private static string Cut(string reason) => FailureReason.Cut(reason);

    private TransformJobDocument? Start(TransformJobDocument document)
    {
        if (document.Job.TransformStartTime is not null)
        {
            return null;
        }

        document.Job.TransformStartTime = parts.Clock.GetUtcNow();
        return document;
    }

    private ObjectSelection Inputs(DescribeTransformJobResponse job)
    {
        var source = job.TransformInput.DataSource.S3DataSource;
        var place = S3Location.Parse(source.S3Uri);
        if (parts.Objects.FindBucket(place.Bucket) is null)
        {
            throw TrainingFailureException.Client($"Data download failed: the bucket of {source.S3Uri} does not exist.");
        }

        var inputs = ChannelObjects.Select(parts.Objects, new S3DataSource { S3DataType = source.S3DataType, S3Uri = source.S3Uri }, (0, 1));
        inputs = inputs.Keys is null ? inputs with { Keys = ChannelObjects.List(parts.Objects, place) } : inputs;
        return inputs.Keys!.Count > 0
            ? inputs
            : throw TrainingFailureException.Client(
                $"No S3 objects found under S3 URL \"{source.S3Uri}\" given in input data source. Please ensure that the bucket exists in the " +
                "selected region, that objects exist under that S3 prefix, and that the role has permissions to read them.");
    }

    private static ModelDeployment Deployment(TransformJobDocument document, BatchOptions options)
    {
        var environment = new Dictionary<string, string>(document.Job.Environment ?? []) { ["SAGEMAKER_BATCH"] = "true" };
        return new ModelDeployment
        {
            JobId = document.Id,
            Containers = document.Containers,
            Environment = environment,
            InstanceType = document.Job.TransformResources.InstanceType,
            InstanceCount = document.Job.TransformResources.InstanceCount,
            RequestTimeout = options.RequestTimeout,
            LargestAnswer = Math.Max(options.LargestPayload, LargestAnswer),
        };
    }

    /// <summary>Sends the files through the model, as many at once as the job has instances.</summary>
    /// <returns>What went wrong with each file that failed.</returns>
    private async Task<List<string>> TransformAsync(
        DescribeTransformJobResponse job, ObjectSelection inputs, BatchTransformer transformer, EndpointLog log, CancellationToken cancellationToken)
    {
        List<string> failed = [];
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = job.TransformResources.InstanceCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(inputs.Keys!, parallel, async (input, cancel) =>
        {
            var output = TransformFiles.Output(job, inputs, input);
            var name = $"{inputs.Bucket}/{input}";
            try
            {
                if (IsDone(output, job))
                {
                    Interlocked.Increment(ref done);
                    return;
                }

                var started = parts.Clock.GetTimestamp();
                var requests = await TransformAsync(job, new S3Location(inputs.Bucket, input), output, transformer, cancel);
                log.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: transformed by {requests} requests in {parts.Clock.GetElapsedTime(started).TotalSeconds:0.000} s ({Interlocked.Increment(ref done)} of {inputs.Keys!.Count} files)"));
            }
            catch (Exception error) when (error is BatchInputException or ObjectStoreException or InvalidDataException)
            {
                log.Write($"{name}: {error.Message}");
                lock (failed)
                {
                    failed.Add($"{name}: {error.Message}");
                }
            }
        });
        return failed;
    }

    private bool IsDone(S3Location output, DescribeTransformJobResponse job) =>
        parts.Objects.FindBucket(output.Bucket) is not null
        && parts.Objects.FindObject(output.Bucket, output.Key) is { } there && there.LastModified >= job.TransformStartTime;

    private async Task<long> TransformAsync(
        DescribeTransformJobResponse job, S3Location input, S3Location output, BatchTransformer transformer, CancellationToken cancellationToken)
    {
        using var reader = parts.Objects.Open(input.Bucket, input.Key);
        await using var bytes = reader.OpenStream(0, reader.Info.Size);
        await using var content = job.TransformInput.CompressionType == CompressionType.Gzip ? new GZipStream(bytes, CompressionMode.Decompress) : bytes;
        var pipe = new Pipe();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var storing = parts.Objects.WriteAsync(pipe.Reader.AsStream(), new ContentOptions { MaxBytes = LargestOutput }, giveUp.Token);
        long requests;
        try
        {
            requests = await transformer.RunAsync(content, pipe.Writer, cancellationToken);
            await pipe.Writer.CompleteAsync();
        }
        catch (Exception error)
        {
            await pipe.Writer.CompleteAsync(error);
            await giveUp.CancelAsync();
            await ((Task)storing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (storing.IsCompletedSuccessfully)
            {
                (await storing).Dispose();
            }

            throw;
        }

        using var stored = await storing;
        var target = new ObjectTarget { Bucket = output.Bucket, Key = output.Key, Attributes = TransformFiles.Attributes(job) };
        await parts.Objects.PutAsync(target, stored, cancellationToken);
        return requests;
    }
}
