using System.Globalization;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Services.Training;

/// <summary>
/// Starts a program over the hosts of a job with Open MPI, as AWS's training toolkit does. Where its images have SSH between hosts, here a
/// folder that all hosts see takes orders: mpirun's remote shell writes the command there, an agent on the host runs it.
/// </summary>
internal static class MpiLaunch
{
    // $1 the shared folder, $2 this host. Orders are numbers of scripts, and at last "end".
    private const string Worker =
        """
        place=$1/$2
        mkdir -p "$place" && chmod 777 "$place" && mkfifo -m 666 "$place/orders" && : >"$place/ready" || exit 1
        echo "Waiting for the MPI master's orders."
        while :; do
            while read -r order; do
                if [ "$order" = end ]; then
                    echo "MPI process finished."
                    exit 0
                fi
                ( /bin/sh "$place/$order.sh"; echo $? >"$place/$order.new"; mv "$place/$order.new" "$place/$order.code" ) &
            done <"$place/orders"
        done
        """;

    // What mpirun takes for ssh: a host, then the words of a command for a shell there.
    private const string Agent =
        """
        place=${0%/*}/$1
        shift
        printf '%s\n' "$*" >"$place/$$.sh" && echo "$$" >"$place/orders" || exit 1
        until [ -e "$place/$$.code" ]; do sleep 0.02; done
        read -r code <"$place/$$.code"
        exit "$code"
        """;

    // $1 the shared folder, $2 the agent's text, $3 the other hosts, then mpirun's command.
    private const string Master =
        """
        shared=$1 agent=$2 workers=$3
        shift 3
        if ! command -v "$1" >/dev/null; then
            echo "The hyperparameter sagemaker_mpi_enabled needs $1, which is not on this machine: install openmpi-bin." >&2
            exit 1
        fi
        printf '%s\n' "$agent" >"$shared/agent" || exit 1
        for worker in $workers; do
            until [ -e "$shared/$worker/ready" ]; do sleep 0.02; done
            echo "Worker $worker available for communication"
        done
        "$@"
        code=$?
        for worker in $workers; do echo end >"$shared/$worker/orders"; done
        exit "$code"
        """;

    /// <summary>What a host runs.</summary>
    /// <param name="distribution">The hosts and the processes on them.</param>
    /// <param name="shared">The folder that all hosts see.</param>
    /// <param name="python">The Python that runs the script.</param>
    /// <param name="program">The user's program and its arguments.</param>
    public static IReadOnlyList<string> Command(ScriptDistribution distribution, string shared, string python, IReadOnlyList<string> program) => distribution.IsMaster
        ? ["/bin/sh", "-c", Master, "sh", shared, Agent, string.Join(' ', distribution.Hosts.Skip(1)), .. Mpirun(distribution, shared, python, program)]
        : ["/bin/sh", "-c", Worker, "sh", shared, distribution.CurrentHost];

    /// <summary>The mpirun command of the master.</summary>
    public static IReadOnlyList<string> Mpirun(ScriptDistribution distribution, string shared, string python, IReadOnlyList<string> program)
    {
        var perHost = distribution.ProcessesPerHost;
        var hosts = distribution.Hosts.Select(host => string.Create(CultureInfo.InvariantCulture, $"{host}:{perHost}"));
        var count = distribution.Processes ?? perHost * distribution.Hosts.Count;

        // mpi4py ends all processes when one meets an exception nobody catches; without it the others would wait for ever.
        IEnumerable<string> words = program[0] == python ? [python, "-m", "mpi4py", .. program.Skip(1)] : program;
        return
        [
            "mpirun", "--host", string.Join(',', hosts), "-np", count.ToString(CultureInfo.InvariantCulture), "--allow-run-as-root", "--tag-output", "--oversubscribe",
            "-mca", "plm_rsh_agent", $"/bin/sh {shared}/agent", "-mca", "plm_rsh_no_tree_spawn", "1",
            "-mca", "btl_tcp_if_include", distribution.NetworkInterface, "-mca", "oob_tcp_if_include", distribution.NetworkInterface,
            "-mca", "pml", "ob1", "-mca", "btl", "^openib", "-mca", "btl_vader_single_copy_mechanism", "none", "-mca", "orte_abort_on_non_zero_status", "1",
            "-bind-to", "none", "-map-by", "slot", .. distribution.MpiOptions, .. words,
        ];
    }
}
