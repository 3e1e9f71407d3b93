namespace Sagebrush.Serving.Routing;

/// <summary>A production variant as the router sees it.</summary>
/// <param name="Name">The variant's name.</param>
/// <param name="Weight">Its share of the traffic, relative to the other variants' weights; not negative.</param>
/// <param name="Model">The model behind it.</param>
/// <param name="LogStreamArn">The log stream its errors point at, if there is one.</param>
/// <param name="Capture">Keeps its requests and answers, if they are to be kept.</param>
/// <param name="Metrics">Counts its requests, if somebody wants to know.</param>
public sealed record VariantRoute(
    string Name, double Weight, ServedModel Model, string? LogStreamArn = null, IInvocationCapture? Capture = null, IInvocationMetrics? Metrics = null)
{
    /// <summary>Whether its requests come from a queue alone.</summary>
    public bool IsAsynchronous { get; init; }
}
