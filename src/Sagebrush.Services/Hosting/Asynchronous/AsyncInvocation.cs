namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>A request to an asynchronous endpoint that was acknowledged and has no result yet. It is deleted when its result is stored and told.</summary>
internal sealed record AsyncInvocation
{
    /// <summary>The queue it waits in; see <see cref="QueueOf"/>.</summary>
    public required string Queue { get; init; }

    /// <summary>The caller's identifier, or one made for it.</summary>
    public required string InferenceId { get; init; }

    /// <summary>Where the request's body is.</summary>
    public required string InputLocation { get; init; }

    /// <summary>What the body is.</summary>
    public string? ContentType { get; init; }

    /// <summary>What the caller wants back.</summary>
    public string? Accept { get; init; }

    /// <summary>Free text for the model.</summary>
    public string? CustomAttributes { get; init; }

    /// <summary>Where the answer goes; null when it goes to a topic alone.</summary>
    public string? OutputLocation { get; init; }

    /// <summary>Where the model's error goes; null when it goes to a topic alone.</summary>
    public string? FailureLocation { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>When it is given up if nobody has begun with it.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>How long the model may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Names the queue of an endpoint. One that is deleted and made again under its name has another queue.</summary>
    public static string QueueOf(string endpointArn, DateTimeOffset created) => $"{endpointArn}@{created.UtcTicks:x}";
}
