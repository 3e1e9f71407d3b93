namespace Sagebrush.Learning.Numerics;

/// <summary>Work over rows on several threads, cut into the same chunks for any number of threads.</summary>
/// <remarks>What is summed per chunk and then over chunks in their order is the same for one thread as for many.</remarks>
public static class RowChunks
{
    /// <summary>Number of chunks.</summary>
    public static int Count(int rows, int size) => (rows + size - 1) / size;

    /// <summary>Calls <paramref name="work"/> with each chunk's number, its first row and its end.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="size">Rows per chunk.</param>
    /// <param name="threads">Number of threads at most; 0 for all processors.</param>
    /// <param name="work">The work on one chunk.</param>
    /// <param name="cancellationToken">Stops between chunks.</param>
    public static void Run(int rows, int size, int threads, Action<int, int, int> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var count = Count(rows, size);
        threads = threads == 0 ? Environment.ProcessorCount : threads;
        if (threads == 1 || count <= 1)
        {
            for (var chunk = 0; chunk < count; chunk++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                work(chunk, chunk * size, Math.Min(rows, (chunk + 1) * size));
            }

            return;
        }

        try
        {
            Parallel.For(
                0,
                count,
                new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
                chunk => work(chunk, chunk * size, Math.Min(rows, (chunk + 1) * size)));
        }
        catch (AggregateException e) when (e.InnerExceptions.Count > 0)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e.InnerExceptions[0]).Throw();
        }
    }
}
