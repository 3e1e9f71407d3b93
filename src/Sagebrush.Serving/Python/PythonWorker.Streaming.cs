using System.Text;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Serving.Python;

/// <content>Answers in parts.</content>
internal sealed partial class PythonWorker
{
    private const int PartBytes = 32 * 1024;

    private CancellationTokenSource? _stopPatience;
    private bool _passingOn;

    /// <summary>Passes an answer on as it comes. The receiver's pace is the model's.</summary>
    private void PassOn(AnswerFrame frame, Exchange exchange, DetachableSink receiver)
    {
        exchange.Patience.CancelAfter(_options.StreamTimeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(exchange.Patience.Token, exchange.Caller);
        using var leaving = exchange.Caller.UnsafeRegister(static (state, _) => ((PythonWorker)state!).StopAnswering(), this);
        InvocationResult? begin = new InvocationResult(frame.ContentType);
        var buffer = new byte[PartBytes];
        var wanted = true;
        try
        {
            AnswerFrame part;
            while ((part = _connection!.Receive()).Kind == AnswerKind.Part)
            {
                for (var left = part.BodyLength; left > 0;)
                {
                    var piece = buffer.AsMemory(0, (int)Math.Min(left, buffer.Length));
                    _connection.ReadBody(piece.Span);
                    left -= piece.Length;
                    wanted = wanted && Write(receiver, begin, piece, either.Token);
                    begin = null;
                }
            }

            if (begin is not null)
            {
                wanted = wanted && Write(receiver, begin, default, either.Token);
            }

            var end = Body(part);
            if (!wanted && exchange.Patience.IsCancellationRequested)
            {
                exchange.Fail(Timeout());
            }
            else
            {
                End(exchange, frame, part, wanted ? end : []);
            }
        }
        finally
        {
            leaving.Dispose();
            Interlocked.Exchange(ref _stopPatience, null)?.Dispose();
        }
    }

    /// <summary>Gathers an answer in parts where one in a piece was asked for.</summary>
    private void Gather(AnswerFrame frame, Exchange exchange)
    {
        using var whole = new MemoryStream();
        AnswerFrame part;
        while ((part = _connection!.Receive()).Kind == AnswerKind.Part)
        {
            CheckLength(whole.Length + part.BodyLength);
            whole.Write(Body(part));
        }

        var end = Body(part);
        End(exchange, frame, part, part.Kind == AnswerKind.Failure ? end : whole.ToArray());
    }

    private static void End(Exchange exchange, AnswerFrame begin, AnswerFrame end, byte[] body)
    {
        if (end.Kind == AnswerKind.Failure && body.Length > 0)
        {
            exchange.Fail(new ModelInvocationException(InvocationFailure.Faulted, 500, Encoding.UTF8.GetString(body)));
        }
        else
        {
            exchange.Complete(new WorkerResponse(begin.Status, begin.ContentType, body));
        }
    }

    /// <returns>Whether the receiver is still there; if not, the worker has been asked to stop.</returns>
    private bool Write(DetachableSink receiver, InvocationResult? begin, ReadOnlyMemory<byte> piece, CancellationToken either)
    {
        Volatile.Write(ref _passingOn, true);
        var written = receiver.WriteAsync(begin, piece, either).AsTask().GetAwaiter().GetResult();
        Volatile.Write(ref _passingOn, false);
        if (!written)
        {
            StopAnswering();
        }

        return written;
    }

    /// <summary>The time is up: a worker that is waited for is ended, one that waits for its receiver is only asked to stop.</summary>
    private void Late()
    {
        if (!Volatile.Read(ref _passingOn))
        {
            Kill();
        }
    }

    /// <summary>Asks the worker to end its answer after the part it is at; one that does not do so in time is ended.</summary>
    private void StopAnswering()
    {
        var patience = new CancellationTokenSource(_options.StopTimeout, _options.TimeProvider);
        if (Interlocked.CompareExchange(ref _stopPatience, patience, null) is not null)
        {
            patience.Dispose();
            return;
        }

        patience.Token.UnsafeRegister(static (state, _) => ((PythonWorker)state!).Kill(), this);
        ProcessGroup.Signal(_processId, ProcessGroup.StopAnswering);
    }
}
