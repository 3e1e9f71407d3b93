using Sagebrush.Serving.Streaming;

namespace Sagebrush.Serving.Python;

/// <summary>One request on its way to a worker and back.</summary>
internal sealed class Exchange
{
    private readonly TaskCompletionSource<WorkerResponse> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="body">The request's body: bytes that last, as the exchange may outlive its caller.</param>
    /// <param name="invocation">The rest of the request.</param>
    /// <param name="patience">Bounds the whole exchange; for an answer in parts, first the wait for its beginning, then that for its end.</param>
    public Exchange(ReadOnlyMemory<byte> body, Invocation invocation, CancellationTokenSource patience)
    {
        Body = body;
        Invocation = invocation;
        Patience = patience;
        Place = new LinkedListNode<Exchange>(this);
    }

    /// <summary>The request's body; nothing once it is answered, as what is answered may be held on to for a while.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    public Invocation Invocation { get; }

    public CancellationTokenSource Patience { get; }

    /// <summary>Its place in the queue, while it is there.</summary>
    public LinkedListNode<Exchange> Place { get; }

    /// <summary>Whether this only asks whether the worker is well.</summary>
    public bool IsPing { get; init; }

    /// <summary>Where the parts go of an answer that may come in parts.</summary>
    public DetachableSink? Receiver { get; init; }

    /// <summary>The receiver's: once it is gone, so is the interest in further parts.</summary>
    public CancellationToken Caller { get; init; }

    /// <summary>Whether it was among those a worker died of, so that it is to be tried by itself.</summary>
    public bool Alone { get; set; }

    /// <summary>Whether it may be sent to a worker together with others.</summary>
    public bool MayBeBatched => !IsPing && !Alone && Receiver is null && Body.Length <= WorkerConnection.SmallBody;

    /// <summary>The answer, or a <see cref="ModelInvocationException"/>. An answer passed on in parts has no body here.</summary>
    public Task<WorkerResponse> Answer => _answer.Task;

    public void Complete(WorkerResponse response)
    {
        Body = default;
        _answer.TrySetResult(response);
    }

    public void Fail(Exception error)
    {
        Body = default;
        _answer.TrySetException(error);
    }
}
