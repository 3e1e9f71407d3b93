using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sagebrush.Compute.Jobs;

/// <summary>One job's own folder: the training contract's tree, temporary files, and what its executor remembers.</summary>
/// <remarks>Every method may be repeated, so that a job goes on after the program was killed half way.</remarks>
public sealed class JobFolder
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Describes a folder that need not exist yet.</summary>
    /// <param name="path">An absolute path.</param>
    public JobFolder(string path)
    {
        if (!System.IO.Path.IsPathFullyQualified(path))
        {
            throw new ArgumentException($"A job's folder needs an absolute path, not '{path}'.", nameof(path));
        }

        Path = System.IO.Path.TrimEndingDirectorySeparator(path);
        Contract = new ContractPaths(System.IO.Path.Join(Path, "ml"));
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The tree that the job sees as <c>/opt/ml</c>, by the names it has outside.</summary>
    public ContractPaths Contract { get; }

    /// <summary>What the executor keeps: the command, the log, how it ended.</summary>
    public string Run => System.IO.Path.Join(Path, "run");

    /// <summary>The job's temporary files.</summary>
    public string Temporary => System.IO.Path.Join(Path, "tmp");

    /// <summary>Makes the tree and writes the configuration files.</summary>
    /// <param name="job">What the job is told.</param>
    /// <exception cref="ArgumentException">A channel's name is not a plain file name.</exception>
    public void Prepare(JobDescription job)
    {
        ArgumentNullException.ThrowIfNull(job);
        foreach (var directory in (ReadOnlySpan<string>)
            [Contract.InputConfig, Contract.InputData, Contract.Model, Contract.OutputData, Contract.Code, Run, Temporary])
        {
            Directory.CreateDirectory(directory);
        }

        foreach (var channel in job.Channels)
        {
            if (channel.Name is "" or "." or ".." || channel.Name.AsSpan().ContainsAny('/', '\0'))
            {
                throw new ArgumentException($"'{channel.Name}' cannot name a channel.", nameof(job));
            }

            Directory.CreateDirectory(Contract.Channel(channel.Name));
        }

        Write(Contract.HyperparametersFile, HyperparametersJson(job));
        Write(Contract.InputDataConfigFile, InputDataConfigJson(job));
        Write(Contract.ResourceConfigFile, ResourceConfigJson(job.Cluster));
        foreach (var (name, json) in job.OtherConfiguration)
        {
            Write(System.IO.Path.Join(Contract.InputConfig, name), json);
        }

        if (job.Checkpoints is { } checkpoints)
        {
            // Without them there is no such folder: algorithms keep checkpoints where they find one.
            Directory.CreateDirectory(Contract.Checkpoints);
            Write(Contract.CheckpointConfigFile, new JsonObject { ["S3Uri"] = checkpoints.S3Uri, ["LocalPath"] = checkpoints.LocalPath });
        }
    }

    /// <summary>What the job says about its failure in <c>output/failure</c>; null when it says nothing.</summary>
    /// <param name="maxLength">Characters to return at most.</param>
    public string? ReadFailure(int maxLength)
    {
        try
        {
            using var file = PlainFile.TryOpen(Contract.Failure);
            if (file is null)
            {
                return null;
            }

            using var reader = new StreamReader(file);
            var buffer = new char[maxLength];
            var text = new string(buffer, 0, reader.ReadBlock(buffer)).Replace('\0', '\uFFFD').Trim();
            return text.Length == 0 ? null : text;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Removes the folder and all in it.</summary>
    public void Delete()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    internal static JsonObject HyperparametersJson(JobDescription job)
    {
        var json = new JsonObject();
        foreach (var (name, value) in job.Hyperparameters.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json[name] = value;
        }

        return json;
    }

    internal static JsonObject InputDataConfigJson(JobDescription job)
    {
        var json = new JsonObject();
        foreach (var channel in job.Channels)
        {
            var entry = new JsonObject();
            if (channel.ContentType is { } contentType)
            {
                entry["ContentType"] = contentType;
            }

            entry["TrainingInputMode"] = channel.InputMode;
            entry["S3DistributionType"] = channel.Distribution;
            entry["RecordWrapperType"] = channel.RecordWrapper;
            json[channel.Name] = entry;
        }

        return json;
    }

    internal static JsonObject ResourceConfigJson(JobCluster cluster) => new()
    {
        ["current_host"] = cluster.CurrentHost,
        ["current_instance_type"] = cluster.InstanceType,
        ["current_group_name"] = cluster.CurrentGroup.Name,
        ["hosts"] = Strings(cluster.Hosts),
        ["instance_groups"] = new JsonArray([.. cluster.Groups.Select(GroupJson)]),
        ["network_interface_name"] = cluster.NetworkInterface,
    };

    internal static JsonObject GroupJson(JobHostGroup group) => new()
    {
        ["instance_group_name"] = group.Name,
        ["instance_type"] = group.InstanceType,
        ["hosts"] = Strings(group.Hosts),
    };

    internal static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode?)value)]);

    private static void Write(string path, JsonObject json)
    {
        var temporary = path + ".new";
        File.WriteAllText(temporary, json.ToJsonString(Json));
        File.Move(temporary, path, overwrite: true);
    }
}
