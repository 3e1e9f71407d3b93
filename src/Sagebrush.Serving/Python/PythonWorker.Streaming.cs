using System.Text;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Serving.Python;

/// <content>Answers in parts: HTTP's chunks, with the model's error after the last one when it failed in the midst.</content>
internal sealed partial class PythonWorker
{
    private const string ErrorTrailer = "X-Sagebrush-Error";
    private const int PartBytes = 32 * 1024;

    /// <summary>Sends one request and passes the answer on as it comes.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="invocation">The rest of it.</param>
    /// <param name="receiver">Where the parts go.</param>
    /// <param name="timeout">Bounds the wait for the first part, then that for the last.</param>
    /// <param name="caller">The receiver is gone: the model is told to stop, and ended if it does not.</param>
    /// <exception cref="ModelInvocationException">The model failed, died, or took too long.</exception>
    public async Task StreamAsync(
        byte[] body, Invocation invocation, DetachableSink receiver, CancellationTokenSource timeout, CancellationToken caller)
    {
        using var request = Request(body, invocation);
        try
        {
            using var response = await _client!.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            var stream = await response.Content.ReadAsStreamAsync(timeout.Token);
            if (!response.IsSuccessStatusCode)
            {
                using var reader = new StreamReader(stream, Encoding.UTF8);
                throw Refusal((int)response.StatusCode, await reader.ReadToEndAsync(timeout.Token));
            }

            timeout.CancelAfter(_options.StreamTimeout);
            if (!await PassOnAsync(stream, new InvocationResult(ContentType(response)), receiver, timeout.Token, caller))
            {
                return;
            }

            ThrowIfBroken(response);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            throw await FailureAsync(error, timeout.Token);
        }
    }

    /// <summary>The model's answer that is none.</summary>
    public static ModelInvocationException Refusal(int status, string message) =>
        new(status < 500 ? InvocationFailure.Refused : InvocationFailure.Faulted, status, message);

    /// <returns>Whether all of it was passed on; else the receiver is gone and the worker free again.</returns>
    private async Task<bool> PassOnAsync(
        Stream stream, InvocationResult result, DetachableSink receiver, CancellationToken timeout, CancellationToken caller)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout, caller);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leaving = caller.Register(gone.SetResult);
        var buffer = new byte[PartBytes];
        InvocationResult? begin = result;
        while (true)
        {
            // A read that is given up takes the connection with it: it is left alone until the worker has been told to stop.
            var reading = stream.ReadAsync(buffer, timeout).AsTask();
            if (!reading.IsCompleted && await Task.WhenAny(reading, gone.Task) != reading)
            {
                await StopAnsweringAsync(stream, reading);
                return false;
            }

            var read = await reading;
            if (!await receiver.WriteAsync(begin, buffer.AsMemory(0, read), either.Token))
            {
                await StopAnsweringAsync(stream, reading);
                return timeout.IsCancellationRequested ? throw Timeout() : false;
            }

            begin = null;
            if (read == 0)
            {
                return true;
            }
        }
    }

    /// <summary>Asks the worker to end its answer after the part it is at; one that does not do so in time is ended.</summary>
    private async Task StopAnsweringAsync(Stream stream, Task<int> reading)
    {
        ProcessGroup.Signal(_processId, ProcessGroup.StopAnswering);
        using var patience = new CancellationTokenSource(_options.StopTimeout, _options.TimeProvider);
        using var end = patience.Token.Register(Kill);
        if (await reading > 0)
        {
            await stream.CopyToAsync(Stream.Null, CancellationToken.None);
        }
    }

    private static void ThrowIfBroken(HttpResponseMessage response)
    {
        if (response.TrailingHeaders.TryGetValues(ErrorTrailer, out var values))
        {
            throw new ModelInvocationException(InvocationFailure.Faulted, 500, Uri.UnescapeDataString(values.First()));
        }
    }
}
