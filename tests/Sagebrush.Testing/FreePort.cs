using System.Net;
using System.Net.Sockets;

namespace Sagebrush.Testing;

/// <summary>Finds TCP ports nobody listens on.</summary>
public static class FreePort
{
    /// <summary>A loopback port that was free a moment ago. Prefer port 0 where the server can tell what it got.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
