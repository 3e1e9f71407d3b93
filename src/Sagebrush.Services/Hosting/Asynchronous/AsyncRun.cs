using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Fleets;
using Sagebrush.Services.Hosting.Invocation;
using Sagebrush.Services.Sns;
using Sagebrush.Serving;
using Sagebrush.Serving.Routing;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>Takes one request from its place in the queue to its result: body from S3, model, answer to S3, message to SNS.</summary>
/// <remarks>The request stays stored until all that is done; after a crash in between it is done again.</remarks>
internal sealed partial class AsyncRun(AsyncParts parts, ResourceKey endpoint, AsyncInferenceConfig config)
{
    private readonly ResourceSet<AsyncInvocation> _invocations = parts.Store.For(HostingKinds.AsyncInvocation);
    private readonly ILogger _logger = parts.Logger;

    /// <summary>Does one request.</summary>
    /// <param name="entry">The request.</param>
    /// <param name="variant">The variant that answers it.</param>
    /// <param name="log">Where its course is told.</param>
    /// <param name="cancellationToken">Leaves it in the queue.</param>
    /// <returns>False when the variant takes no requests now: the request is still to be done.</returns>
    public async Task<bool> RunAsync(AsyncEntry entry, VariantPlan variant, EndpointLog log, CancellationToken cancellationToken)
    {
        if (await _invocations.FindAsync(entry.Key, cancellationToken) is not { Document: var invocation })
        {
            return true;
        }

        var begun = parts.Clock.GetTimestamp();
        var backlog = parts.Clock.GetUtcNow() - invocation.Received;
        var times = new AsyncTimes();
        AsyncOutcome outcome;
        try
        {
            var body = await DownloadAsync(invocation, cancellationToken);
            times.Download = parts.Clock.GetElapsedTime(begun);
            if (parts.Router.TryAcquire(new EndpointKey(endpoint.Account, endpoint.Region, endpoint.Name), variant.Name, out var lease) != RouteOutcome.Found)
            {
                return false;
            }

            var asked = parts.Clock.GetTimestamp();
            using (lease)
            {
                outcome = await AskAsync(invocation, body, lease, cancellationToken);
            }

            times.Model = parts.Clock.GetElapsedTime(asked);
        }
        catch (Exception error) when (error is ObjectStoreException or IOException)
        {
            parts.Metrics.Count(endpoint, variant.Name, "RequestDownloadFailures");
            outcome = Failed($"ClientError: Failed to download the request payload from {invocation.InputLocation}: {error.Message}");
        }

        var ended = parts.Clock.GetTimestamp();
        outcome = await FinishAsync(entry, invocation, outcome, variant.Name, cancellationToken);
        times.Upload = parts.Clock.GetElapsedTime(ended);
        Tell(invocation, outcome, variant.Name, times with { Backlog = backlog, Total = backlog + parts.Clock.GetElapsedTime(begun) }, log);
        return true;
    }

    /// <summary>Ends a request nobody began with in time.</summary>
    public async Task ExpireAsync(AsyncEntry entry, VariantPlan variant, EndpointLog log, CancellationToken cancellationToken)
    {
        if (await _invocations.FindAsync(entry.Key, cancellationToken) is { Document: var invocation })
        {
            var seconds = (invocation.Expires - invocation.Received).TotalSeconds;
            var outcome = Failed(string.Create(CultureInfo.InvariantCulture, $"ClientError: The request expired: it was in the queue for longer than its RequestTTLSeconds of {seconds:0}."));
            await FinishAsync(entry, invocation, outcome, variant.Name, cancellationToken);
            parts.Metrics.Count(endpoint, variant.Name, "ExpiredRequests");
            log.Write($"{invocation.InferenceId} Inference request failed. {outcome.Failure}");
        }
    }

    private void Tell(AsyncInvocation invocation, in AsyncOutcome outcome, string variant, in AsyncTimes times, EndpointLog log)
    {
        parts.Metrics.Count(endpoint, variant, "InvocationsProcessed");
        parts.Metrics.Milliseconds(endpoint, variant, "TimeInBacklog", times.Backlog);
        parts.Metrics.Milliseconds(endpoint, variant, "TotalProcessingTime", times.Total);
        if (times.Model > TimeSpan.Zero)
        {
            parts.Metrics.Microseconds(endpoint, variant, "RequestDownloadLatency", times.Download);
            parts.Metrics.Microseconds(endpoint, variant, "ModelLatency", times.Model);
            parts.Metrics.Microseconds(endpoint, variant, "ResponseUploadLatency", times.Upload);
        }

        if (outcome.Failure is { } failure)
        {
            parts.Metrics.Count(endpoint, variant, "InvocationFailures");
            log.Write($"{invocation.InferenceId} Inference request failed. {failure}");
        }
        else
        {
            log.Write($"{invocation.InferenceId} Inference request succeeded. {times}");
        }
    }

    private static AsyncOutcome Failed(string reason) => new(reason, Encoding.UTF8.GetBytes(reason), null);

    private async Task<byte[]> DownloadAsync(AsyncInvocation invocation, CancellationToken cancellationToken)
    {
        var place = S3Location.Parse(invocation.InputLocation);
        using var reader = parts.Objects.Open(place.Bucket, place.Key);
        if (reader.Info.Size > InvokeEndpointAsyncOperation.LargestBody)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture, $"it has {reader.Info.Size} bytes, and a payload may have {InvokeEndpointAsyncOperation.LargestBody}."));
        }

        var body = GC.AllocateUninitializedArray<byte>((int)reader.Info.Size);
        await using var stream = reader.OpenStream(0, body.Length);
        await stream.ReadExactlyAsync(body, cancellationToken);
        return body;
    }

    private async Task<AsyncOutcome> AskAsync(AsyncInvocation invocation, byte[] body, VariantLease lease, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(invocation.Timeout, parts.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var output = new ArrayBufferWriter<byte>();
        try
        {
            var request = new Serving.Invocation(
                new ReadOnlySequence<byte>(body), invocation.ContentType, invocation.Accept, invocation.CustomAttributes, invocation.InferenceId)
            {
                Timeout = invocation.Timeout,
            };
            var result = await lease.Server.InvokeAsync(request, output, either.Token);
            if (lease.Variant.Capture is { } capture && capture.Samples())
            {
                capture.Record(
                    new CapturedRequest(invocation.ContentType, invocation.CustomAttributes, invocation.InferenceId), request.Body, result, output.WrittenSpan);
            }

            return new AsyncOutcome(null, output.WrittenMemory, result.ContentType);
        }
        catch (ModelInvocationException error)
        {
            parts.Metrics.Count(endpoint, lease.Variant.Name, error.OriginalStatusCode is >= 400 and < 500 ? "Invocation4XXErrors" : "Invocation5XXErrors");
            return new AsyncOutcome(
                $"ClientError: {ModelErrors.Message(endpoint.Account, endpoint.Region, endpoint.Name, error)}", Encoding.UTF8.GetBytes(error.Message), null);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Failed(string.Create(
                CultureInfo.InvariantCulture, $"ClientError: The model gave no answer within the {invocation.Timeout.TotalSeconds:0} seconds of InvocationTimeoutSeconds."));
        }
    }

    /// <summary>Stores the outcome, tells it, and forgets the request.</summary>
    private async Task<AsyncOutcome> FinishAsync(
        AsyncEntry entry, AsyncInvocation invocation, AsyncOutcome outcome, string variant, CancellationToken cancellationToken)
    {
        try
        {
            await StoreAsync(outcome.Failure is null ? invocation.OutputLocation : invocation.FailureLocation, outcome, cancellationToken);
        }
        catch (Exception error) when (error is ObjectStoreException or IOException)
        {
            LogNotStored(error, invocation.InferenceId, endpoint.Name);
            parts.Metrics.Count(endpoint, variant, "ResponseUploadFailures");
            if (outcome.Failure is null)
            {
                outcome = Failed($"ClientError: Failed to upload the response to {invocation.OutputLocation}: {error.Message}");
            }
        }

        if (AsyncNotification.Topic(config, outcome) is { } topic)
        {
            var message = AsyncNotification.Result(entry.Key, endpoint.Name, invocation, config, outcome, parts.Clock.GetUtcNow());
            if (await parts.Topics.TryPublishAsync(topic, new TopicMessage(message), cancellationToken) is null)
            {
                LogNoTopic(topic, endpoint.Name);
                parts.Metrics.Count(endpoint, variant, "NotificationFailures");
            }
        }

        await _invocations.DeleteAsync(entry.Key, null, cancellationToken);
        return outcome;
    }

    private async Task StoreAsync(string? location, AsyncOutcome outcome, CancellationToken cancellationToken)
    {
        if (location is null)
        {
            return;
        }

        var place = S3Location.Parse(location);
        using var bytes = new MemoryStream(outcome.Body.ToArray(), writable: false);
        using var content = await parts.Objects.WriteAsync(bytes, new ContentOptions(), cancellationToken);
        var attributes = ObjectAttributes.None with { ContentType = outcome.ContentType ?? "text/plain" };
        if (config.OutputConfig.KmsKeyId is { } key)
        {
            attributes = attributes with { ServerSideEncryption = "aws:kms", EncryptionKeyId = key };
        }

        await parts.Objects.PutAsync(new ObjectTarget { Bucket = place.Bucket, Key = place.Key, Attributes = attributes }, content, cancellationToken);
    }

    [LoggerMessage(EventId = 3051, Level = LogLevel.Warning, Message = "The result of request {InferenceId} to endpoint {Endpoint} could not be stored")]
    private partial void LogNotStored(Exception exception, string inferenceId, string endpoint);

    [LoggerMessage(EventId = 3052, Level = LogLevel.Warning, Message = "There is no topic {Topic}, which endpoint {Endpoint} notifies")]
    private partial void LogNoTopic(string topic, string endpoint);
}
