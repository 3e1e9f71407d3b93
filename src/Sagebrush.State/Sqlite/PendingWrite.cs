namespace Sagebrush.State.Sqlite;

/// <summary>A write that waits for the writer: its work, and the task its caller awaits.</summary>
internal abstract class PendingWrite(CancellationToken cancellationToken)
{
    /// <summary>Marks the write cancelled if its caller gave up before its turn came.</summary>
    public abstract bool TrySkip();

    /// <summary>Does the work inside the open transaction and keeps the result.</summary>
    public abstract void Run(SqliteSession session);

    /// <summary>Tells the caller that the work is durable.</summary>
    public abstract void Complete();

    /// <summary>Tells the caller that nothing of the work was kept.</summary>
    public abstract void Fail(Exception exception);

    protected CancellationToken CancellationToken { get; } = cancellationToken;
}

/// <summary>A <see cref="PendingWrite"/> with its result.</summary>
internal sealed class PendingWrite<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    : PendingWrite(cancellationToken)
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Task => _completion.Task;

    public override bool TrySkip() =>
        CancellationToken.IsCancellationRequested && _completion.TrySetCanceled(CancellationToken);

    public override void Run(SqliteSession session) => _result = work(session);

    public override void Complete() => _completion.TrySetResult(_result);

    public override void Fail(Exception exception) => _completion.TrySetException(exception);
}
