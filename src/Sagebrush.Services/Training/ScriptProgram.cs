using System.Globalization;
using System.Text.RegularExpressions;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Services.Training;

/// <summary>How a user's script is started, by the training toolkit's conventions.</summary>
/// <param name="Arguments">The command.</param>
/// <param name="Display">The script's own command line, as it is shown to people.</param>
internal sealed partial record ScriptProgram(IReadOnlyList<string> Arguments, string Display)
{
    // $1 Python, $2 where the code itself goes, $3 how to install it, $4 where requirements go, $5 whether they are there, $6 the command line to show, then the command.
    // Packages go into the job's own folder: the machine's Python stays as it is. The mark tells that all are there, and that they may be kept.
    private const string Prelude =
        """
        python=$1 site=$2 install=$3 requirements=$4 installed=$5 shown=$6
        shift 6
        if [ "$install" = package ]; then
            "$python" -m pip install --disable-pip-version-check --quiet --target "$site" . || exit 1
        fi
        if [ "$installed" = kept ]; then
            printf 'requirements.txt: the packages that an earlier job of this role installed are used\n'
        elif [ -f requirements.txt ]; then
            mkdir -p "$requirements" || exit 1
            "$python" -m pip install --disable-pip-version-check --target "$requirements" -r requirements.txt || exit 1
            : >"$requirements/.complete"
        fi
        printf 'Invoking script with the following command:\n\n%s\n\n' "$shown"
        exec "$@"
        """;

    /// <summary>Finds out how to start a script.</summary>
    /// <param name="code">The unpacked code, by its path outside.</param>
    /// <param name="environment">The job's environment and arguments.</param>
    /// <param name="python">The Python to use.</param>
    /// <param name="packages">Where packages are.</param>
    /// <param name="hosts">What the hosts of the job have in common.</param>
    /// <exception cref="TrainingFailureException">There is no such script.</exception>
    public static ScriptProgram For(string code, TrainingEnvironment environment, string python, ScriptPackages packages, HostsInCommon hosts)
    {
        var script = environment.EntryPoint ?? throw TrainingFailureException.Client(
            "The image runs a script: name it in the hyperparameter sagemaker_program, and give its code in sagemaker_submit_directory.");
        if (Path.IsPathRooted(script) || script.Split('/').Contains(".."))
        {
            throw TrainingFailureException.Client($"The script '{script}' in the hyperparameter sagemaker_program must be a path inside the code.");
        }

        var isPackage = !script.EndsWith(".sh", StringComparison.Ordinal) && File.Exists(Path.Join(code, "setup.py"));
        if (!isPackage && !File.Exists(Path.Join(code, script)))
        {
            throw TrainingFailureException.Client($"The script '{script}' of the hyperparameter sagemaker_program is not in the code of sagemaker_submit_directory.");
        }

        IReadOnlyList<string> command = [.. Start(code, script, isPackage, python), .. environment.Arguments];
        var shown = command;
        if (environment.Distribution is { Launcher: ScriptLauncher.Mpi } mpi)
        {
            shown = MpiLaunch.Mpirun(mpi, hosts.Shared, python, command);
            command = MpiLaunch.Command(mpi, hosts.Shared, python, command);
        }
        else if (environment.Distribution is { } torch)
        {
            shown = command = Torchrun(torch, python, hosts.MasterPort, isPackage, command);
        }

        var display = string.Join(' ', shown.Select(Show));
        return new ScriptProgram(
            ["/bin/sh", "-c", Prelude, "sh", python, packages.Code, isPackage ? "package" : "none", packages.Requirements, packages.AreKept ? "kept" : "none", display, .. command], display);
    }

    private static string[] Start(string code, string script, bool isPackage, string python)
    {
        if (isPackage)
        {
            return [python, "-m", script.EndsWith(".py", StringComparison.Ordinal) ? script[..^3] : script];
        }

        if (script.EndsWith(".py", StringComparison.Ordinal))
        {
            return [python, script];
        }

        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Everything = (UnixFileMode)0b111_111_111;
            File.SetUnixFileMode(Path.Join(code, script), Everything);
        }

        return ["./" + script];
    }

    private static List<string> Torchrun(ScriptDistribution distribution, string python, int masterPort, bool isPackage, IReadOnlyList<string> command)
    {
        if (isPackage || command[0] != python)
        {
            throw TrainingFailureException.Client("torch_distributed starts Python scripts alone: name one in the hyperparameter sagemaker_program.");
        }

        IEnumerable<string> meeting = distribution.Hosts.Count > 1
            ? ["--master_addr", distribution.Hosts[0], "--master_port", Number(masterPort), "--node_rank", Number(distribution.Rank)]
            : [];
        return
        [
            python, "-m", "torch.distributed.run", "--nnodes", Number(distribution.Hosts.Count), "--nproc_per_node", Number(distribution.ProcessesPerHost),
            .. meeting, .. command.Skip(1),
        ];
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Show(string word) => Plain().IsMatch(word) ? word : $"'{word.Replace("'", "'\"'\"'", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[\w@%+=:,./-]+$", RegexOptions.ECMAScript)]
    private static partial Regex Plain();
}
