using System.Net;
using System.Net.Sockets;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>The hosts of a job that train one model together: each on its rows, with the sums of all.</summary>
internal sealed class XGBoostCluster : IDisposable
{
    // The port SageMaker's container uses, too. Each host has an address of its own, so jobs do not meet.
    private const int TrackerPort = 9099;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly RabitTracker? _tracker;
    private readonly Collective _collective;

    private XGBoostCluster(RabitTracker? tracker, Collective collective)
    {
        _tracker = tracker;
        _collective = collective;
    }

    /// <summary>This host's number; 0 leads.</summary>
    public int Rank => _collective.Rank;

    /// <summary>How many hosts there are.</summary>
    public int Count => _collective.WorldSize;

    /// <summary>Whether this host keeps the model.</summary>
    public bool Leads => Rank == 0;

    /// <summary>Meets the other hosts at the first one.</summary>
    /// <returns>Those that train together; null for a host without data when others have some, as it is left out.</returns>
    public static XGBoostCluster? Join(TrainingContext context, bool hasData, CancellationToken cancellationToken)
    {
        List<string> hosts = [.. context.Hosts.Order(StringComparer.Ordinal)];
        var all = Meet(context, hosts, TrackerPort, cancellationToken);
        var have = new double[hosts.Count];
        have[all.Rank] = hasData ? 1 : 0;
        have = all.Sum(have);
        List<string> withData = [.. hosts.Where((_, rank) => have[rank] > 0)];
        if (withData.Count == hosts.Count || withData.Count == 0)
        {
            return all;
        }

        // With fewer files than hosts some get none. The library cannot train on nothing: the others meet again.
        all.Dispose();
        return hasData ? Meet(context, withData, TrackerPort + 1, cancellationToken) : null;
    }

    private static XGBoostCluster Meet(TrainingContext context, List<string> hosts, int port, CancellationToken cancellationToken)
    {
        var leader = hosts[0];
        RabitTracker? tracker = null;
        try
        {
            if (context.CurrentHost == leader)
            {
                tracker = RabitTracker.Start(Resolve(leader), port, hosts.Count, context.Log.Info);
            }
            else
            {
                WaitFor(leader, port, context.Clock, cancellationToken);
            }

            return new XGBoostCluster(tracker, Collective.Join(leader, port, context.CurrentHost, hosts.Count));
        }
        catch (Exception exception) when (exception is SocketException or XGBoostException)
        {
            tracker?.Dispose();
            throw new InvalidOperationException($"{context.CurrentHost} cannot meet the other hosts at {leader}: {exception.Message}", exception);
        }
    }

    /// <summary>Adds numbers over all hosts.</summary>
    public double[] Sum(params ReadOnlySpan<double> values) => _collective.Sum(values);

    /// <summary>The largest number of any host.</summary>
    public double Max(double value) => _collective.Max(value);

    /// <summary>Gives the leader's bytes to all hosts.</summary>
    public byte[] FromLeader(byte[] content) => _collective.FromFirst(content);

    public void Dispose()
    {
        _collective.Dispose();

        // The last host's goodbye may still be on its way.
        _tracker?.Completion.Wait(Pause * 50);
        _tracker?.Dispose();
    }

    private static IPAddress Resolve(string host) => Dns.GetHostAddresses(host, AddressFamily.InterNetwork) is [var address, ..]
        ? address
        : throw new SocketException((int)SocketError.HostNotFound);

    // The library itself would wait whole seconds between its tries.
    private static void WaitFor(string leader, int port, TimeProvider clock, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using var probe = new TcpClient(AddressFamily.InterNetwork);
                probe.Connect(leader, port);
                return;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused && clock.GetElapsedTime(start) < Patience)
            {
                cancellationToken.WaitHandle.WaitOne(Pause);
            }
        }
    }
}
