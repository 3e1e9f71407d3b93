using Sagebrush.Serving.Streaming;

namespace Sagebrush.Serving.Python;

/// <summary>A model served by a user's Python handlers, and how its workers are run.</summary>
public sealed record PythonModelOptions
{
    /// <summary>6 MiB, the largest response body of an endpoint.</summary>
    public const int DefaultMaximumResponseBytes = 6 << 20;

    /// <summary>60 seconds, the longest an endpoint waits for its model.</summary>
    public static TimeSpan DefaultRequestTimeout => TimeSpan.FromSeconds(60);

    /// <summary>The folder with the unpacked model archive, given to <c>model_fn</c>.</summary>
    public required string ModelDirectory { get; init; }

    /// <summary>The folder with the handlers; by default <c>code</c> in the model folder.</summary>
    public string? CodeDirectory { get; init; }

    /// <summary>The script or module with the handlers (<c>SAGEMAKER_PROGRAM</c>), relative to the code folder.</summary>
    public string Program { get; init; } = "inference.py";

    /// <summary>Whose default handlers fill in for those the module does not define.</summary>
    public PythonFramework Framework { get; init; } = PythonFramework.ScikitLearn;

    /// <summary>The Python to run.</summary>
    public string PythonPath { get; init; } = "/usr/bin/python3";

    /// <summary>Environment variables the handlers see, beside a few the workers need.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Worker processes, each with its own copy of the model: so many requests are answered at once.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Requests that may wait for a worker before further ones are turned away.</summary>
    public int QueueLength { get; init; } = 1000;

    /// <summary>How long a worker may take to load the model, installing its requirements included.</summary>
    public TimeSpan StartupTimeout { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>How long a request may take, waiting for a worker included; a worker that takes longer is replaced.</summary>
    public TimeSpan RequestTimeout { get; init; } = DefaultRequestTimeout;

    /// <summary>How long an answer in parts may take from its first part to its last.</summary>
    public TimeSpan StreamTimeout { get; init; } = StreamTimeouts.DefaultRest;

    /// <summary>How long a worker may take to leave before it is killed.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The first pause before a worker that died is replaced; it doubles up to 64 times while workers keep dying.</summary>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Private memory of one worker in bytes; 0 sets no bound.</summary>
    public long WorkerMemoryLimit { get; init; }

    /// <summary>The largest response body in bytes.</summary>
    public int MaximumResponseBytes { get; init; } = DefaultMaximumResponseBytes;

    /// <summary>Receives each line the workers print. Called from several threads; should not block for long.</summary>
    public Action<string> Log { get; init; } = static _ => { };

    /// <summary>The clock of time-outs and pauses.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
