namespace Sagebrush.Serving.Routing;

/// <summary>A copy of a request for a shadow variant.</summary>
/// <param name="Body">Its body.</param>
/// <param name="Request">The request without its body.</param>
internal readonly record struct ShadowCopy(byte[] Body, Invocation Request);
