using System.Buffers;
using System.IO.Pipelines;

namespace Sagebrush.Serving.Batch;

/// <summary>Sends files through a model and gives the answers back in the order of the records.</summary>
/// <param name="server">The model.</param>
/// <param name="options">How.</param>
/// <param name="clock">The clock of time-outs.</param>
public sealed class BatchTransformer(IModelServer server, BatchOptions options, TimeProvider clock)
{
    /// <summary>Transforms one file, with as many payloads in memory as there may be requests in flight.</summary>
    /// <param name="input">The file.</param>
    /// <param name="output">Receives the answers; it is left open.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many requests were answered.</returns>
    /// <exception cref="BatchInputException">The file cannot be transformed.</exception>
    public async Task<long> RunAsync(Stream input, PipeWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var payloads = new PayloadReader(input, options.Split, options.SingleRecord, options.LargestPayload);
        var waiting = new Queue<Task<ReadOnlyMemory<byte>>>();
        var answered = 0L;
        try
        {
            while (await payloads.ReadAsync(cancellationToken) is { } payload)
            {
                if (waiting.Count == options.Concurrency)
                {
                    await WriteAsync(await waiting.Dequeue(), output, cancellationToken);
                    answered++;
                }

                waiting.Enqueue(Task.Run(() => AnswerAsync(payload, giveUp.Token), CancellationToken.None));
            }

            while (waiting.TryDequeue(out var answer))
            {
                await WriteAsync(await answer, output, cancellationToken);
                answered++;
            }

            return answered;
        }
        finally
        {
            await giveUp.CancelAsync();
            await ((Task)Task.WhenAll(waiting)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> answer, PipeWriter output, CancellationToken cancellationToken)
    {
        await output.WriteAsync(answer, cancellationToken);
        if (options.AssembleLines && answer.Span is not [.., (byte)'\n'])
        {
            await output.WriteAsync("\n"u8.ToArray(), cancellationToken);
        }
    }

    private async Task<ReadOnlyMemory<byte>> AnswerAsync(byte[] payload, CancellationToken cancellationToken)
    {
        if (options.Processing is not { } processing)
        {
            return await InvokeAsync(Body(payload), cancellationToken);
        }

        var records = options.Split == RecordSplit.Line ? Lines(payload) : [payload];
        var asked = processing.InputFilter.IsRoot ? Body(payload) : Joined(records.Select(record => processing.Filter(record.Span)));
        var answer = await InvokeAsync(asked, cancellationToken);
        if (!processing.ChangesAnswers)
        {
            return answer;
        }

        var answers = records.Count == 1 ? [Trimmed(answer)] : Lines(answer);
        return answers.Count == records.Count
            ? Joined(records.Zip(answers, (record, one) => processing.Finish(record.Span, one.Span)))
            : throw new BatchInputException(
                $"The model gave {answers.Count} lines for {records.Count} records, so they cannot be joined or filtered. " +
                "Set BatchStrategy to SingleRecord, or Accept to a type with one line per record.");
    }

    // A single line goes without its end, as a client would send it.
    private ReadOnlyMemory<byte> Body(byte[] payload) => options is { Split: RecordSplit.Line, SingleRecord: true } ? Trimmed(payload) : payload;

    private async Task<ReadOnlyMemory<byte>> InvokeAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        for (var retries = 0; ; retries++)
        {
            using var patience = new CancellationTokenSource(options.RequestTimeout, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            var output = new ArrayBufferWriter<byte>();
            try
            {
                await server.InvokeAsync(new Invocation(new ReadOnlySequence<byte>(body), options.ContentType, options.Accept) { IsBodyLasting = true }, output, either.Token);
                return output.WrittenMemory;
            }
            catch (ModelInvocationException error) when (error.Failure == InvocationFailure.Refused || retries >= options.Retries)
            {
                throw new BatchInputException(
                    error.OriginalStatusCode > 0
                        ? $"Bad HTTP status received from algorithm: {error.OriginalStatusCode}: {error.Message}"
                        : $"The model gave no answer: {error.Message}",
                    error);
            }
            catch (OperationCanceledException error) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested && retries >= options.Retries)
            {
                throw new BatchInputException($"Model server did not respond to /invocations request within {options.RequestTimeout.TotalSeconds:0} seconds", error);
            }
            catch (Exception error) when (error is ModelInvocationException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Tried again: the model's fault may have been of the moment.
            }
        }
    }

    private static List<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> bytes)
    {
        List<ReadOnlyMemory<byte>> lines = [];
        while (!bytes.IsEmpty)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            lines.Add(Trimmed(end < 0 ? bytes : bytes[..end]));
            bytes = end < 0 ? default : bytes[(end + 1)..];
        }

        return lines;
    }

    private static ReadOnlyMemory<byte> Trimmed(ReadOnlyMemory<byte> line) => line.TrimEnd("\r\n"u8);

    private static byte[] Joined(IEnumerable<byte[]> records)
    {
        var joined = new ArrayBufferWriter<byte>();
        foreach (var record in records)
        {
            if (joined.WrittenCount > 0)
            {
                joined.Write("\n"u8);
            }

            joined.Write(record);
        }

        return joined.WrittenSpan.ToArray();
    }
}
