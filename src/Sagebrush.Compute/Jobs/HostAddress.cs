using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sagebrush.Compute.Jobs;

/// <summary>A host of a job and where the others find it.</summary>
/// <param name="Name">Its name, such as <c>algo-1</c>.</param>
/// <param name="Address">Its IP address.</param>
public readonly record struct HostAddress(string Name, string Address)
{
    /// <summary>
    /// Addresses for the hosts of a job that all run on this machine: loopback addresses of the job's own, so that hosts listen on the
    /// same port without meeting each other or those of another job.
    /// </summary>
    /// <param name="jobId">Names the job; the same id gives the same addresses.</param>
    /// <param name="hosts">The hosts' names; a job has at most 250.</param>
    public static IReadOnlyList<HostAddress> OnLoopback(string jobId, IReadOnlyList<string> hosts)
    {
        ArgumentNullException.ThrowIfNull(hosts);

        // 127.0.0.0/16 is what everybody uses; 254 × 256 nets are left for jobs.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(jobId));
        var (net, subnet) = (1 + (hash[0] % 254), hash[1]);
        return [.. hosts.Select((host, index) => new HostAddress(host, string.Create(CultureInfo.InvariantCulture, $"127.{net}.{subnet}.{index + 1}")))];
    }
}
