namespace Sagebrush.Algorithms;

/// <summary>The folder a training job lives in: <c>/opt/ml</c> in a container, elsewhere when it runs as a process.</summary>
/// <param name="Root">Its path.</param>
public sealed record MlFolder(string Root)
{
    /// <summary>Where a container finds it.</summary>
    public const string ContainerRoot = "/opt/ml";

    /// <summary>Configuration of the job.</summary>
    public string Configuration => Path.Combine(Root, "input", "config");

    /// <summary>Parent folder of the channels.</summary>
    public string Data => Path.Combine(Root, "input", "data");

    /// <summary>Where the artifact goes.</summary>
    public string Model => Path.Combine(Root, "model");

    /// <summary>Where checkpoints go, unless the job says otherwise.</summary>
    public string Checkpoints => Path.Combine(Root, "checkpoints");

    /// <summary>Where other results go.</summary>
    public string OutputData => Path.Combine(Root, "output", "data");

    /// <summary>The file that tells why a job failed.</summary>
    public string FailureFile => Path.Combine(Root, "output", "failure");

    /// <summary>The folder of a channel.</summary>
    public string Channel(string name) => Path.Combine(Data, name);

    /// <summary>A file of the job's configuration.</summary>
    public string ConfigurationFile(string name) => Path.Combine(Configuration, name);
}
