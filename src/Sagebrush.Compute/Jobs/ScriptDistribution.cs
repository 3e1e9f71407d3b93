using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sagebrush.Compute.Jobs;

/// <summary>How a script is started over the hosts of a job: with MPI, or with PyTorch's own launcher.</summary>
/// <param name="Launcher">What starts it.</param>
/// <param name="Hosts">The hosts it is started on, the master first.</param>
/// <param name="CurrentHost">This host.</param>
/// <param name="ProcessesPerHost">Processes on each host.</param>
/// <param name="NetworkInterface">The interface on which the hosts reach each other.</param>
public sealed record ScriptDistribution(
    ScriptLauncher Launcher, IReadOnlyList<string> Hosts, string CurrentHost, int ProcessesPerHost, string NetworkInterface)
{
    /// <summary>Processes over all hosts, where the job says so.</summary>
    public int? Processes { get; private init; }

    /// <summary>Words to add to mpirun's.</summary>
    public IReadOnlyList<string> MpiOptions { get; private init; } = [];

    /// <summary>Whether this host is the one that starts the script everywhere.</summary>
    public bool IsMaster => Hosts[0] == CurrentHost;

    /// <summary>This host's place among <see cref="Hosts"/>.</summary>
    public int Rank => Hosts.TakeWhile(host => host != CurrentHost).Count();

    internal static ScriptDistribution? Of(JobDescription job, List<string> distributionHosts, Dictionary<string, JsonNode?> parameters)
    {
        ScriptLauncher? launcher = IsOn("sagemaker_mpi_enabled") ? ScriptLauncher.Mpi
            : IsOn("sagemaker_torch_distributed_enabled") || IsOn("sagemaker_pytorch_ddp_enabled") ? ScriptLauncher.Torch
            : null;
        var hosts = distributionHosts.Count > 0 ? distributionHosts : [.. job.Cluster.CurrentGroup.Hosts];
        if (launcher is null || !hosts.Contains(job.Cluster.CurrentHost))
        {
            return null;
        }

        // By default, one process per GPU, or one per host.
        return new ScriptDistribution(
            launcher.Value, hosts, job.Cluster.CurrentHost, Number("sagemaker_mpi_num_of_processes_per_host") ?? Math.Max(1, job.GpuCount), job.Cluster.NetworkInterface)
        {
            Processes = Number("sagemaker_mpi_num_processes"),
            MpiOptions = parameters.GetValueOrDefault("sagemaker_mpi_custom_mpi_options") is { } options
                ? PythonText.Str(options).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                : [],
        };

        bool IsOn(string name) => parameters.GetValueOrDefault(name) is { } value && value.GetValueKind() == JsonValueKind.True;

        int? Number(string name) =>
            parameters.GetValueOrDefault(name) is { } value && int.TryParse(PythonText.Str(value), CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
    }
}
