namespace Sagebrush.Serving.Serverless;

/// <summary>How a serverless model's environments come and go.</summary>
public sealed record ServerlessOptions
{
    /// <summary>Requests answered at once at most; further ones are turned away.</summary>
    public required int MaxConcurrency { get; init; }

    /// <summary>Environments that are kept whether they are asked or not.</summary>
    public int ProvisionedConcurrency { get; init; }

    /// <summary>How long an environment is kept that nobody asks.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The largest request and the largest answer in bytes.</summary>
    public int LargestBody { get; init; } = 4 << 20;

    /// <summary>Told of each environment how long it took to start.</summary>
    public Action<TimeSpan> Started { get; init; } = static _ => { };

    /// <summary>The clock of idle times.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
