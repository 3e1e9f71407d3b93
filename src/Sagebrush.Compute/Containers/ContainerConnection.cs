using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sagebrush.Compute.Containers;

/// <summary>Opens connections to a container's port.</summary>
public static partial class ContainerConnection
{
    private const int NewNetwork = 0x40000000;

    /// <summary>Connects to a port of the loopback address of this machine: one that the engine publishes, or that the container listens on in the host's network.</summary>
    public static async ValueTask<Stream> ToLoopbackAsync(int port, CancellationToken cancellationToken) =>
        await ConnectAsync(NewSocket(), port, cancellationToken);

    /// <summary>Connects to a port of the loopback address inside a container, which needs no other network; only root may.</summary>
    /// <param name="processId">A process of the container.</param>
    /// <param name="port">The port.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The container's network cannot be entered.</exception>
    public static async ValueTask<Stream> IntoAsync(int processId, int port, CancellationToken cancellationToken)
    {
        // A socket belongs to the network of the thread that made it: a thread of its own enters the container's, and ends.
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using var network = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/net"));
                if (SetNamespace(network, NewNetwork) != 0)
                {
                    throw new IOException($"The container's network cannot be entered: {Marshal.GetLastPInvokeErrorMessage()}.");
                }

                made.SetResult(NewSocket());
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException)
            {
                made.SetException(new IOException(exception.Message, exception));
            }
        })
        { IsBackground = true, Name = "Sagebrush container network" }.Start();
        return await ConnectAsync(await made.Task, port, cancellationToken);
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static async ValueTask<Stream> ConnectAsync(Socket socket, int port, CancellationToken cancellationToken)
    {
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeHandle handle, int kind);
}
