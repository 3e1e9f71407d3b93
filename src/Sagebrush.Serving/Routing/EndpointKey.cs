namespace Sagebrush.Serving.Routing;

/// <summary>What tells one endpoint from every other.</summary>
/// <param name="AccountId">The account it belongs to.</param>
/// <param name="Region">The region it lives in.</param>
/// <param name="Name">Its name, in the case it was created with.</param>
public readonly record struct EndpointKey(string AccountId, string Region, string Name);
