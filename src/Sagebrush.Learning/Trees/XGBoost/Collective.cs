using System.Text.Json.Nodes;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>A worker's part in a distributed training: while it lasts, boosting on this thread is done together with the other workers.</summary>
/// <remarks>
/// The library keeps its connections per thread, so everything happens on the thread that joined. Each worker must make the same calls in the same
/// order; each call waits for the others.
/// </remarks>
public sealed unsafe class Collective : IDisposable
{
    // The library's numbers for types and operations (collective/communicator.h of 1.7).
    private const int Float64 = 7;
    private const int Maximum = 0;
    private const int Addition = 2;

    private bool _disposed;

    private Collective(int rank, int worldSize)
    {
        Rank = rank;
        WorldSize = worldSize;
    }

    /// <summary>This worker's number, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many workers there are.</summary>
    public int WorldSize { get; }

    /// <summary>Joins the others.</summary>
    /// <param name="trackerHost">Where the <see cref="RabitTracker"/> is.</param>
    /// <param name="trackerPort">Its port.</param>
    /// <param name="task">This worker's name, different from the others'.</param>
    /// <param name="worldSize">How many workers there are.</param>
    /// <exception cref="XGBoostException">The tracker or another worker cannot be reached.</exception>
    public static Collective Join(string trackerHost, int trackerPort, string task, int worldSize)
    {
        var config = new JsonObject
        {
            ["xgboost_communicator"] = "rabit",
            ["rabit_tracker_uri"] = trackerHost,
            ["rabit_tracker_port"] = trackerPort.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["rabit_task_id"] = task,
            ["rabit_world_size"] = worldSize.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        NativeMethods.Check(NativeMethods.XGCommunicatorInit(config.ToJsonString()));
        return new Collective(NativeMethods.XGCommunicatorGetRank(), NativeMethods.XGCommunicatorGetWorldSize());
    }

    /// <summary>Adds numbers over all workers, each with those at its place.</summary>
    public double[] Sum(params ReadOnlySpan<double> values) => Reduce(values, Addition);

    /// <summary>The largest number of any worker.</summary>
    public double Max(double value) => Reduce([value], Maximum)[0];

    /// <summary>Gives the first worker's bytes to all.</summary>
    /// <param name="content">The bytes; those of other workers do not count.</param>
    public byte[] FromFirst(byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        ulong length = (ulong)content.Length;
        NativeMethods.Check(NativeMethods.XGCommunicatorBroadcast(&length, sizeof(ulong), 0));
        if (length == 0)
        {
            return [];
        }

        var bytes = Rank == 0 ? content : new byte[length];
        fixed (byte* first = bytes)
        {
            NativeMethods.Check(NativeMethods.XGCommunicatorBroadcast(first, length, 0));
        }

        return bytes;
    }

    /// <summary>Says goodbye.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _ = NativeMethods.XGCommunicatorFinalize();
        }
    }

    private double[] Reduce(ReadOnlySpan<double> values, int operation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var reduced = values.ToArray();
        fixed (double* first = reduced)
        {
            NativeMethods.Check(NativeMethods.XGCommunicatorAllreduce(first, (ulong)reduced.Length, Float64, operation));
        }

        return reduced;
    }
}
