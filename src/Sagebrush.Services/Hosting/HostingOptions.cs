namespace Sagebrush.Services.Hosting;

/// <summary>How endpoints are hosted on this machine.</summary>
public sealed record HostingOptions
{
    /// <summary>Where unpacked models are kept, a folder per endpoint.</summary>
    public required string Folder { get; init; }

    /// <summary>The Python that runs handlers of frameworks that have none of their own.</summary>
    public string PythonPath { get; init; } = "/usr/bin/python3";

    /// <summary>The Pythons of frameworks, by their names: <c>pytorch</c>, <c>scikit-learn</c>, ….</summary>
    public IReadOnlyDictionary<string, string> Pythons { get; init; } = new Dictionary<string, string>();

    /// <summary>How long an environment of a serverless endpoint is kept that nobody asks.</summary>
    public TimeSpan ServerlessIdleTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a model may take to load unless its variant says otherwise.</summary>
    public TimeSpan StartupTimeout { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>Instances that all endpoints together may have on this machine.</summary>
    public int MostInstances { get; init; } = Math.Max(32, 16 * Environment.ProcessorCount);

    /// <summary>How often instances outside of this process are asked whether they are well.</summary>
    public TimeSpan HealthCheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an instance may take to answer that.</summary>
    public TimeSpan HealthCheckTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>ONNX Runtime's execution provider behind <c>AcceleratorType</c>; null for what this machine has.</summary>
    public string? AcceleratorProvider { get; init; }

    /// <summary>How often a deployment looks at its alarms.</summary>
    public TimeSpan AlarmInterval { get; init; } = TimeSpan.FromSeconds(2);
}
