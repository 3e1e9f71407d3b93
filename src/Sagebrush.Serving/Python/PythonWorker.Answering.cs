namespace Sagebrush.Serving.Python;

/// <content>Requests and their answers, on the worker's own thread.</content>
/// <remarks>
/// While a model answers within fractions of a millisecond, waking threads costs more than its answers do: then several requests
/// that wait anyway are sent together and answered together. A request that takes longer than expected hands back those behind
/// it, and after a death those that were together are tried one by one, so that each meets its own end only.
/// </remarks>
internal sealed partial class PythonWorker
{
    private const int LargestBatch = 32;

    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan HandBackAfter = TimeSpan.FromMilliseconds(10);

    /// <summary>With the process and unanswered, in order.</summary>
    private readonly List<Exchange> _batch = [];
    private TimeSpan _pace = BatchTime;

    private void Serve(ExchangeQueue queue)
    {
        var goesOn = () => IsAlive;
        while (queue.Take(goesOn) is { } first)
        {
            _batch.Add(first);
            if (first.MayBeBatched && _pace < BatchTime / 2)
            {
                var size = LargestBatch * _pace < BatchTime ? LargestBatch : (int)(BatchTime / _pace);
                queue.TakeMore(_batch, size - 1);
            }

            var (since, count) = (_options.TimeProvider.GetTimestamp(), _batch.Count);
            AnswerBatch(queue);

            // Slowness is believed at once, speed only after a while.
            var pace = _options.TimeProvider.GetElapsedTime(since) / count;
            _pace = pace > _pace ? pace : (9 * _pace + pace) / 10;
        }
    }

    private void AnswerBatch(ExchangeQueue queue)
    {
        try
        {
            for (var i = 0; i < _batch.Count; i++)
            {
                var exchange = _batch[i];
                var kind = exchange.IsPing ? RequestKind.Ping : RequestKind.Invocation;
                _connection!.Send(kind, exchange.Invocation, exchange.Body.Span, more: i + 1 < _batch.Count);
            }

            while (_batch.Count > 0)
            {
                AnswerNext(queue);
            }
        }
        catch (Exception error)
        {
            // The thread must not end, nor the callers wait for ever, whatever this is. When several were with a worker that was
            // lost, nobody knows which of them it was lost at.
            if (_batch.Count == 1 || !IsLost(error))
            {
                _batch[0].Fail(Failure(error, _batch[0]));
                _batch.RemoveAt(0);
            }

            Abandon();
            TryEachAlone(queue);
            _batch.Clear();
        }
    }

    /// <summary>Waits for the answer to the first of the batch. A worker that fails to answer in time is killed.</summary>
    private void AnswerNext(ExchangeQueue queue)
    {
        var exchange = _batch[0];
        using var late = exchange.Patience.Token.UnsafeRegister(static (state, _) => ((PythonWorker)state!).Late(), this);

        // Again and again, as the process may not have come to read the batch when the first signal came.
        for (var patience = HandBackAfter; _batch.Count > 1 && !_connection!.Waits(patience); patience *= 2)
        {
            ProcessGroup.Signal(_processId, ProcessGroup.HandBack);
        }

        var frame = _connection!.Receive();
        switch (frame.Kind)
        {
            case AnswerKind.Returned:
                Return(_batch[^1], queue);
                _batch.RemoveAt(_batch.Count - 1);
                return;
            case AnswerKind.Whole:
                exchange.Complete(new WorkerResponse(frame.Status, frame.ContentType, Body(frame)));
                break;
            case AnswerKind.Begin when exchange.Receiver is { } receiver:
                PassOn(frame, exchange, receiver);
                break;
            case AnswerKind.Begin:
                Gather(frame, exchange);
                break;
            default:
                throw new EndOfStreamException("what the worker sent is no answer");
        }

        _batch.RemoveAt(0);
    }

    private void TryEachAlone(ExchangeQueue queue)
    {
        for (var i = _batch.Count - 1; i >= 0; i--)
        {
            _batch[i].Alone = true;
            Return(_batch[i], queue);
        }
    }

    private static void Return(Exchange exchange, ExchangeQueue queue)
    {
        if (exchange.Patience.IsCancellationRequested)
        {
            exchange.Fail(Timeout());
        }
        else if (!queue.TryReturn(exchange))
        {
            exchange.Fail(Stopping());
        }
        else if (exchange.Patience.IsCancellationRequested && queue.TryRemove(exchange))
        {
            // The time was up just before it was back in the queue, where it would have been found.
            exchange.Fail(Timeout());
        }
    }
}
