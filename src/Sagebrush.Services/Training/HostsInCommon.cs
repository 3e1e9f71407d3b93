using System.Security.Cryptography;
using System.Text;

namespace Sagebrush.Services.Training;

/// <summary>What the hosts of a job have in common.</summary>
/// <param name="Shared">A folder, as each host sees it.</param>
/// <param name="MasterPort">The port at which processes of all hosts meet on the first one.</param>
internal sealed record HostsInCommon(string Shared, int MasterPort)
{
    private const int FirstPort = 20_000;
    private const int Ports = 10_000;

    /// <summary>A port for a job: below those the system gives away, and hardly another job's, since PyTorch listens on all addresses.</summary>
    public static int PortOf(string jobId) => FirstPort + (int)(BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(jobId)), 4) % Ports);
}
