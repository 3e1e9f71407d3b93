using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sagebrush.Compute.Jobs;

/// <summary>
/// The environment and arguments of a training script, by the rules of AWS's training toolkit: hyperparameters are
/// decoded from JSON where they are JSON, the toolkit's own are kept apart, and everything else is told in
/// <c>SM_*</c> variables and as <c>--name value</c> arguments sorted by name.
/// </summary>
public sealed class TrainingEnvironment
{
    private const string ReservedPrefix = "sagemaker_";
    private const string DistributionGroupsParameter = "sagemaker_distribution_instance_groups";

    // The toolkit's own hyperparameters: neither arguments of the script nor framework parameters.
    private static readonly HashSet<string> ToolkitHyperparameters = new(StringComparer.Ordinal)
    {
        "sagemaker_program", "sagemaker_submit_directory", "sagemaker_enable_cloudwatch_metrics", "sagemaker_region",
        "sagemaker_container_log_level", "sagemaker_job_name", "default_user_module_name", "_tuning_objective_metric", "sagemaker_s3_output",
    };

    // Any of these framework parameters makes the host's group a distributed one.
    private static readonly string[] DistributionSwitches =
    [
        "sagemaker_mpi_enabled", "sagemaker_parameter_server_enabled", "sagemaker_distributed_dataparallel_enabled", "sagemaker_pytorch_ddp_enabled",
        "sagemaker_pytorch_xla_multi_worker_enabled", "sagemaker_multi_worker_mirrored_strategy_enabled", "sagemaker_torch_distributed_enabled",
    ];

    private TrainingEnvironment(
        IReadOnlyDictionary<string, string> variables, IReadOnlyList<string> arguments, string? entryPoint, ScriptDistribution? distribution)
    {
        Variables = variables;
        Arguments = arguments;
        EntryPoint = entryPoint;
        Distribution = distribution;
    }

    /// <summary>All variables, without those of the operating system such as <c>PATH</c>.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>The script's arguments.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>The script to run, from <c>sagemaker_program</c>; null when the job has none.</summary>
    public string? EntryPoint { get; }

    /// <summary>How the script is started on several hosts; null when each host just runs it.</summary>
    public ScriptDistribution? Distribution { get; }

    /// <summary>Builds the environment of a job whose tree is at <paramref name="paths"/> as the job sees it.</summary>
    public static TrainingEnvironment For(JobDescription job, ContractPaths paths)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(paths);

        var decoded = job.Hyperparameters.ToDictionary(pair => pair.Key, pair => PythonText.LoadOrKeep(pair.Value), StringComparer.Ordinal);
        var toolkit = decoded.Where(pair => ToolkitHyperparameters.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal);
        var framework = decoded.Where(pair => IsReserved(pair.Key) && !ToolkitHyperparameters.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal);
        var user = decoded.Where(pair => !IsReserved(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();

        var arguments = ToArguments(user);
        var values = Describe(job, paths, toolkit, framework, user);
        var variables = ToVariables(job, paths, values, user, arguments);
        AddPlatform(job, paths, toolkit, variables);
        return new TrainingEnvironment(variables, arguments, Text(toolkit, "sagemaker_program"), ScriptDistribution.Of(job, DistributionHosts(job.Cluster, framework), framework));
    }

    private static bool IsReserved(string name) =>
        name.StartsWith(ReservedPrefix, StringComparison.Ordinal) || ToolkitHyperparameters.Contains(name);

    private static string? Text(Dictionary<string, JsonNode?> values, string name) =>
        values.TryGetValue(name, out var value) && value is not null ? PythonText.Str(value) : null;

    private static List<string> ToArguments(List<KeyValuePair<string, JsonNode?>> user)
    {
        List<string> arguments = [];
        foreach (var (name, value) in user)
        {
            arguments.Add(name.Length switch { 0 => string.Empty, 1 => "-" + name, _ => "--" + name });
            arguments.Add(value switch
            {
                null => string.Empty,
                JsonObject map => string.Join(',', map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={PythonText.Str(pair.Value)}")),
                _ => PythonText.Str(value),
            });
        }

        return arguments;
    }

    // The toolkit's Environment object, property by property: SM_TRAINING_ENV is its JSON.
    private static JsonObject Describe(
        JobDescription job,
        ContractPaths paths,
        Dictionary<string, JsonNode?> toolkit,
        Dictionary<string, JsonNode?> framework,
        List<KeyValuePair<string, JsonNode?>> user)
    {
        var cluster = job.Cluster;
        var distributionGroups = DistributionGroups(cluster, framework);
        var distributionHosts = DistributionHosts(cluster, framework);
        var master = distributionHosts.Count > 0 ? distributionHosts[0] : cluster.Hosts[0];
        var program = Text(toolkit, "sagemaker_program");
        var resources = JobFolder.ResourceConfigJson(cluster);
        var current = cluster.CurrentGroup;

        return new JsonObject
        {
            ["additional_framework_parameters"] = Map(framework),
            ["channel_input_dirs"] = Map(job.Channels.Select(channel => KeyValuePair.Create(channel.Name, (JsonNode?)paths.Channel(channel.Name)))),
            ["current_host"] = cluster.CurrentHost,
            ["current_instance_group"] = current.Name,
            ["current_instance_group_hosts"] = JobFolder.Strings(current.Hosts),
            ["current_instance_type"] = cluster.InstanceType,
            ["distribution_hosts"] = JobFolder.Strings(distributionHosts),
            ["distribution_instance_groups"] = JobFolder.Strings(distributionGroups.Select(group => group.Name)),
            ["framework_module"] = job.FrameworkModule,
            ["hosts"] = JobFolder.Strings(cluster.Hosts),
            ["hyperparameters"] = Map(user),
            ["input_config_dir"] = paths.InputConfig,
            ["input_data_config"] = JobFolder.InputDataConfigJson(job),
            ["input_dir"] = paths.Input,
            ["instance_groups"] = JobFolder.Strings(cluster.Groups.Select(group => group.Name)),
            ["instance_groups_dict"] = Map(cluster.Groups.Select(group => KeyValuePair.Create(group.Name, (JsonNode?)JobFolder.GroupJson(group)))),
            ["is_hetero"] = cluster.Groups.Count > 1,
            ["is_master"] = cluster.CurrentHost == master,
            ["is_modelparallel_enabled"] = null,
            ["is_smddpmprun_installed"] = false,
            ["is_smddprun_installed"] = false,
            ["job_name"] = job.Name,
            ["log_level"] = toolkit.GetValueOrDefault("sagemaker_container_log_level")?.DeepClone() ?? 20,
            ["master_hostname"] = master,
            ["model_dir"] = paths.Model,
            ["module_dir"] = Text(toolkit, "sagemaker_submit_directory") ?? paths.Code,
            ["module_name"] = ModuleName(program),
            ["network_interface_name"] = cluster.NetworkInterface,
            ["num_cpus"] = job.CpuCount,
            ["num_gpus"] = job.GpuCount,
            ["num_neurons"] = 0,
            ["output_data_dir"] = paths.OutputData,
            ["output_dir"] = paths.Output,
            ["output_intermediate_dir"] = paths.OutputIntermediate,
            ["resource_config"] = resources,
            ["topology"] = new JsonArray(),
            ["user_entry_point"] = program,
        };
    }

    // The groups over which a script is distributed: those it names, else the one it runs in.
    private static List<JobHostGroup> DistributionGroups(JobCluster cluster, Dictionary<string, JsonNode?> framework)
    {
        if (framework.GetValueOrDefault(DistributionGroupsParameter) is JsonArray named)
        {
            var names = named.Select(PythonText.Str).ToHashSet(StringComparer.Ordinal);
            return [.. cluster.Groups.Where(group => names.Contains(group.Name))];
        }

        var distributed = DistributionSwitches.Any(name => framework.TryGetValue(name, out var value) && value?.GetValueKind() == JsonValueKind.True);
        return distributed ? [cluster.CurrentGroup] : [];
    }

    private static List<string> DistributionHosts(JobCluster cluster, Dictionary<string, JsonNode?> framework) =>
        [.. DistributionGroups(cluster, framework).SelectMany(group => group.Hosts)];

    // Python's str(None) is what the toolkit really tells when a job has no script.
    private static string ModuleName(string? program) =>
        program is null ? "None" : program.EndsWith(".py", StringComparison.Ordinal) ? program[..^3] : program;

    private static Dictionary<string, string> ToVariables(
        JobDescription job, ContractPaths paths, JsonObject values, List<KeyValuePair<string, JsonNode?>> user, List<string> arguments)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in (ReadOnlySpan<string>)
            ["hosts", "network_interface_name", "user_entry_point", "resource_config", "input_data_config", "output_data_dir", "current_host", "current_instance_type",
             "current_instance_group", "current_instance_group_hosts", "instance_groups", "instance_groups_dict", "distribution_instance_groups", "is_hetero",
             "module_name", "log_level", "framework_module", "input_dir", "input_config_dir", "output_dir", "num_cpus", "num_gpus", "num_neurons", "model_dir",
             "module_dir", "output_intermediate_dir"])
        {
            Add(name, values[name]);
        }

        Add("hps", values["hyperparameters"]);
        Add("framework_params", values["additional_framework_parameters"]);
        Add("channels", JobFolder.Strings(job.Channels.Select(channel => channel.Name).Order(StringComparer.Ordinal)));
        Add("training_env", values);
        Add("user_args", JobFolder.Strings(arguments));
        foreach (var channel in job.Channels)
        {
            Add("channel_" + channel.Name, paths.Channel(channel.Name));
        }

        // A name with an equals sign cannot be a variable's; such a hyperparameter is told in SM_HPS and the arguments alone.
        foreach (var (name, value) in user.Where(pair => !pair.Key.Contains('=', StringComparison.Ordinal)))
        {
            Add("hp_" + name, value);
        }

        return variables;

        void Add(string name, JsonNode? value) => variables["SM_" + name.ToUpperInvariant()] = value switch
        {
            null => string.Empty,
            _ when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            _ => PythonText.Dumps(value),
        };
    }

    // What the service and AWS's images set beside the toolkit's variables.
    private static void AddPlatform(
        JobDescription job, ContractPaths paths, Dictionary<string, JsonNode?> toolkit, Dictionary<string, string> variables)
    {
        variables["TRAINING_JOB_NAME"] = job.Name;
        variables["TRAINING_JOB_ARN"] = job.Arn;
        variables["AWS_REGION"] = job.Region;
        variables["AWS_DEFAULT_REGION"] = job.Region;
        variables["CURRENT_HOST"] = job.Cluster.CurrentHost;
        variables["SAGEMAKER_JOB_NAME"] = Text(toolkit, "sagemaker_job_name") ?? string.Empty;
        variables["SAGEMAKER_REGION"] = Text(toolkit, "sagemaker_region") ?? job.Region;
        variables["SM_INPUT"] = paths.Input;
        variables["SM_INPUT_TRAINING_CONFIG_FILE"] = paths.HyperparametersFile;
        variables["SM_INPUT_DATA_CONFIG_FILE"] = paths.InputDataConfigFile;
        variables["SM_CHECKPOINT_CONFIG_FILE"] = paths.CheckpointConfigFile;
        variables["DMLC_INTERFACE"] = job.Cluster.NetworkInterface;
        if (job.FrameworkModule is { } module)
        {
            variables["SAGEMAKER_TRAINING_MODULE"] = module;
        }

        // Programs built on the toolkit look here when the tree is not at its standard place.
        if (paths.Root != ContractPaths.StandardRoot)
        {
            variables["SAGEMAKER_BASE_DIR"] = paths.Root;
        }
    }

    private static JsonObject Map(IEnumerable<KeyValuePair<string, JsonNode?>> pairs)
    {
        var json = new JsonObject();
        foreach (var (name, value) in pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json[name] = value?.DeepClone();
        }

        return json;
    }
}
