namespace Sagebrush.Services.Hosting;

/// <summary>How endpoints are hosted on this machine.</summary>
public sealed record HostingOptions
{
    /// <summary>Where unpacked models are kept, a folder per endpoint.</summary>
    public required string Folder { get; init; }

    /// <summary>The Python that runs models with Python handlers.</summary>
    public string PythonPath { get; init; } = "/usr/bin/python3";

    /// <summary>How long an environment of a serverless endpoint is kept that nobody asks.</summary>
    public TimeSpan ServerlessIdleTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a model may take to load unless its variant says otherwise.</summary>
    public TimeSpan StartupTimeout { get; init; } = TimeSpan.FromMinutes(8);
}
