namespace Sagebrush.Compute.Jobs;

/// <summary>The names of the training contract's files under a root: <c>/opt/ml</c> inside the job, its own folder outside.</summary>
/// <param name="Root">The root, without a slash at its end.</param>
public sealed record ContractPaths(string Root)
{
    /// <summary>Where SageMaker's contract puts the root.</summary>
    public const string StandardRoot = "/opt/ml";

    /// <summary>The user's code.</summary>
    public string Code => Path.Join(Root, "code");

    /// <summary>What becomes <c>model.tar.gz</c>.</summary>
    public string Model => Path.Join(Root, "model");

    /// <summary>What is kept for the next job on the same warm pool.</summary>
    public string WarmPoolCache => Path.Join(Root, "sagemaker", "warmpoolcache");

    /// <summary>Checkpoints, kept while a job is interrupted.</summary>
    public string Checkpoints => Path.Join(Root, "checkpoints");

    /// <summary>Configuration and data.</summary>
    public string Input => Path.Join(Root, "input");

    /// <summary>The configuration files.</summary>
    public string InputConfig => Path.Join(Root, "input", "config");

    /// <summary>The folder of the channels.</summary>
    public string InputData => Path.Join(Root, "input", "data");

    /// <summary>What the job tells beside its model.</summary>
    public string Output => Path.Join(Root, "output");

    /// <summary>What becomes <c>output.tar.gz</c>.</summary>
    public string OutputData => Path.Join(Root, "output", "data");

    /// <summary>Files that are copied out while the job runs.</summary>
    public string OutputIntermediate => Path.Join(Root, "output", "intermediate");

    /// <summary>The file in which a job says why it failed.</summary>
    public string Failure => Path.Join(Root, "output", "failure");

    /// <summary>The hyperparameters.</summary>
    public string HyperparametersFile => Path.Join(InputConfig, "hyperparameters.json");

    /// <summary>The channels' description.</summary>
    public string InputDataConfigFile => Path.Join(InputConfig, "inputdataconfig.json");

    /// <summary>The hosts' description.</summary>
    public string ResourceConfigFile => Path.Join(InputConfig, "resourceconfig.json");

    /// <summary>The checkpoints' description.</summary>
    public string CheckpointConfigFile => Path.Join(InputConfig, "checkpointconfig.json");

    /// <summary>One channel's folder.</summary>
    public string Channel(string name) => Path.Join(InputData, name);
}
