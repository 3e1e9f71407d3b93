namespace Sagebrush.Serving.Routing;

/// <summary>What looking up an endpoint gave.</summary>
public enum RouteOutcome
{
    /// <summary>A variant was chosen.</summary>
    Found,

    /// <summary>No such endpoint takes traffic.</summary>
    NoEndpoint,

    /// <summary>The endpoint has no variant of that name.</summary>
    NoVariant,

    /// <summary>The variant is scaled to no instances.</summary>
    NoCapacity,
}
