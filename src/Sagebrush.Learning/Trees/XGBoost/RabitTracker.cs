using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>Brings the workers of a distributed training together: tells each its rank, and whom to connect to.</summary>
/// <remarks>
/// The protocol is that of libxgboost 1.7's Rabit: numbers are 32 bits in the machine's order, texts have their length before them. The ranks
/// form a binary tree and a ring; of two neighbours, the one that is told its rank later connects to the other. Ranks follow the order of the
/// workers' task names. A worker that is lost cannot come back: its neighbours see their connections break, and the training ends.
/// </remarks>
public sealed class RabitTracker : IDisposable
{
    private const int Magic = 0xff99;
    private const int LongestText = 1 << 20;

    private readonly TcpListener _listener;
    private readonly int _workerCount;
    private readonly Action<string>? _print;
    private readonly CancellationTokenSource _stop = new();

    private RabitTracker(TcpListener listener, int workerCount, Action<string>? print)
    {
        _listener = listener;
        _workerCount = workerCount;
        _print = print;
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Completion = Task.Run(RunAsync);
    }

    /// <summary>The port workers connect to.</summary>
    public int Port { get; }

    /// <summary>Completes when every worker has said goodbye.</summary>
    public Task Completion { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="address">The address to listen at.</param>
    /// <param name="port">The port, 0 for a free one.</param>
    /// <param name="workerCount">How many workers there will be.</param>
    /// <param name="print">Receives what workers want to be printed.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static RabitTracker Start(IPAddress address, int port, int workerCount, Action<string>? print = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workerCount);
        var listener = new TcpListener(address, port);
        listener.Start();
        return new RabitTracker(listener, workerCount, print);
    }

    /// <summary>Stops to listen; workers that still train go on without.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        ((Task)Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        List<Worker> pending = [];
        Dictionary<int, Worker> waiting = [];
        var gone = 0;
        while (gone < _workerCount)
        {
            var worker = new Worker(await _listener.AcceptTcpClientAsync(_stop.Token));
            try
            {
                switch (await worker.GreetAsync(_stop.Token))
                {
                    case "print":
                        _print?.Invoke((await worker.ReadTextAsync(_stop.Token)).Trim());
                        worker.Dispose();
                        break;
                    case "shutdown":
                        gone++;
                        worker.Dispose();
                        break;
                    case "start":
                        pending.Add(worker);
                        break;
                    default:
                        worker.Dispose();
                        break;
                }
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException)
            {
                // Somebody who only looked whether the port is open, or no worker at all.
                worker.Dispose();
            }

            if (pending.Count == _workerCount)
            {
                foreach (var (rank, next) in pending.OrderBy(other => other.Task, StringComparer.Ordinal).Index())
                {
                    using (next)
                    {
                        await next.AssignAsync(rank, _workerCount, waiting, _stop.Token);
                    }
                }

                pending.Clear();
            }
        }
    }

    private sealed class Worker(TcpClient client) : IDisposable
    {
        private readonly NetworkStream _stream = client.GetStream();
        private readonly string _host = ((IPEndPoint)client.Client.RemoteEndPoint!).Address.ToString();
        private int _port;
        private int _expected;

        public string Task { get; private set; } = "";

        public void Dispose() => client.Dispose();

        /// <summary>Reads who it is; the result is what it wants.</summary>
        public async Task<string> GreetAsync(CancellationToken cancellationToken)
        {
            if (await ReadAsync(cancellationToken) != Magic)
            {
                throw new InvalidDataException("This is no worker of Rabit.");
            }

            await SendAsync([Magic], cancellationToken);
            _ = await ReadAsync(cancellationToken);
            _ = await ReadAsync(cancellationToken);
            Task = await ReadTextAsync(cancellationToken);
            return await ReadTextAsync(cancellationToken);
        }

        /// <summary>Tells the worker its place, and which neighbours are there already to be connected to.</summary>
        public async Task AssignAsync(int rank, int count, Dictionary<int, Worker> waiting, CancellationToken cancellationToken)
        {
            var parent = ((rank + 1) / 2) - 1;
            List<int> tree = [.. new[] { parent, (2 * rank) + 1, (2 * rank) + 2 }.Where(neighbour => neighbour >= 0 && neighbour < count)];
            var (previous, next) = count > 1 ? ((rank + count - 1) % count, (rank + 1) % count) : (-1, -1);
            await SendAsync([rank, parent, count, tree.Count, .. tree, previous, next], cancellationToken);

            var neighbours = tree.Append(previous).Append(next).Where(neighbour => neighbour >= 0).ToHashSet();
            while (true)
            {
                var connected = new HashSet<int>();
                for (var left = await ReadAsync(cancellationToken); left > 0; left--)
                {
                    connected.Add(await ReadAsync(cancellationToken));
                }

                var missing = neighbours.Except(connected).ToList();
                var there = missing.Where(waiting.ContainsKey).ToList();
                await SendAsync([there.Count, missing.Count - there.Count], cancellationToken);
                foreach (var other in there)
                {
                    await SendTextAsync(waiting[other]._host, cancellationToken);
                    await SendAsync([waiting[other]._port, other], cancellationToken);
                }

                if (await ReadAsync(cancellationToken) != 0)
                {
                    // Some connection failed: the worker tells which hold, and is told the others again.
                    continue;
                }

                _port = await ReadAsync(cancellationToken);
                foreach (var other in there.Where(other => --waiting[other]._expected == 0))
                {
                    waiting.Remove(other);
                }

                _expected = missing.Count - there.Count;
                if (_expected > 0)
                {
                    waiting[rank] = this;
                }

                return;
            }
        }

        public async Task<string> ReadTextAsync(CancellationToken cancellationToken)
        {
            var length = await ReadAsync(cancellationToken);
            if (length is < 0 or > LongestText)
            {
                throw new InvalidDataException("This is no text of Rabit.");
            }

            var bytes = new byte[length];
            await _stream.ReadExactlyAsync(bytes, cancellationToken);
            return Encoding.UTF8.GetString(bytes);
        }

        private async Task<int> ReadAsync(CancellationToken cancellationToken)
        {
            var bytes = new byte[sizeof(int)];
            await _stream.ReadExactlyAsync(bytes, cancellationToken);
            return BitConverter.ToInt32(bytes);
        }

        private async Task SendAsync(int[] values, CancellationToken cancellationToken)
        {
            var bytes = new byte[values.Length * sizeof(int)];
            Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
            await _stream.WriteAsync(bytes, cancellationToken);
        }

        private async Task SendTextAsync(string text, CancellationToken cancellationToken)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            await SendAsync([bytes.Length], cancellationToken);
            await _stream.WriteAsync(bytes, cancellationToken);
        }
    }
}
