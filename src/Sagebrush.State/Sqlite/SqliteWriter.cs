using System.Threading.Channels;

namespace Sagebrush.State.Sqlite;

/// <summary>
/// The one thread that writes. While a commit is being flushed further writes queue up, and the next transaction takes
/// them all: under load the cost of a flush is shared, without a delay when there is none.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SqliteSession _session;
    private readonly int _maxGroupSize;
    private readonly Channel<PendingWrite> _queue;
    private readonly List<PendingWrite> _group = [];
    private readonly Thread _thread;

    public SqliteWriter(SqliteDatabaseOptions options, SqliteSession session)
    {
        _session = session;
        _maxGroupSize = options.MaxGroupSize;
        _queue = Channel.CreateBounded<PendingWrite>(
            new BoundedChannelOptions(options.WriteQueueLength) { SingleReader = true });

        // A thread of its own: a flush blocks for milliseconds, which would starve a small thread pool.
        _thread = new Thread(Run) { IsBackground = true, Name = $"sqlite {Path.GetFileName(options.Path)}" };
        _thread.Start();
    }

    public async Task<T> EnqueueAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        var write = new PendingWrite<T>(work, cancellationToken);
        if (!_queue.Writer.TryWrite(write))
        {
            try
            {
                await _queue.Writer.WriteAsync(write, cancellationToken);
            }
            catch (ChannelClosedException)
            {
                throw new ObjectDisposedException(nameof(SqliteDatabase));
            }
        }

        return await write.Task;
    }

    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _thread.Join();
        _session.Dispose();
    }

    private void Run()
    {
        while (WaitForWrites())
        {
            while (_queue.Reader.TryRead(out var first))
            {
                RunGroup(first);
            }
        }
    }

    // This thread has nothing else to do, so it may block on the asynchronous wait.
    private bool WaitForWrites() => _queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();

    private void RunGroup(PendingWrite first)
    {
        _group.Clear();
        try
        {
            if (!_session.IsOutsideTransaction)
            {
                // A rollback failed earlier; the disk may have recovered since.
                _session.Execute("ROLLBACK");
            }

            _session.Execute("BEGIN IMMEDIATE");
            var next = first;
            do
            {
                RunOne(next);
            }
            while (_group.Count < _maxGroupSize && _queue.Reader.TryRead(out next!));

            _session.Execute("COMMIT");
        }
        catch (DatabaseException exception)
        {
            _group.Remove(first);
            Abandon(first, exception);
            return;
        }

        _session.RunAfterCommit();
        foreach (var write in _group)
        {
            write.Complete();
        }
    }

    /// <summary>Runs one write of the group behind a savepoint.</summary>
    /// <exception cref="DatabaseException">The whole transaction is lost.</exception>
    private void RunOne(PendingWrite write)
    {
        if (write.TrySkip())
        {
            return;
        }

        var callbacks = _session.AfterCommitCount;
        try
        {
            _session.Execute("SAVEPOINT one");
            write.Run(_session);
            _session.Execute("RELEASE one");
            _group.Add(write);
        }
#pragma warning disable CA1031 // Whatever the delegate throws belongs to its caller; the writer goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _session.ForgetAfterCommit(callbacks);
            write.Fail(exception);
            if (_session.IsOutsideTransaction)
            {
                // SQLite rolled everything back by itself: the group is lost, not only this write.
                throw exception as DatabaseException
                    ?? new DatabaseException(exception.Message, SQLitePCL.raw.SQLITE_ABORT, exception);
            }

            _session.Execute("ROLLBACK TO one");
            _session.Execute("RELEASE one");
        }
    }

    private void Abandon(PendingWrite first, DatabaseException exception)
    {
        _session.ForgetAfterCommit();
        first.Fail(exception);
        foreach (var write in _group)
        {
            write.Fail(exception.Again());
        }

        if (!_session.IsOutsideTransaction)
        {
            try
            {
                _session.Execute("ROLLBACK");
            }
            catch (DatabaseException)
            {
                // Tried again before the next group begins.
            }
        }
    }
}
