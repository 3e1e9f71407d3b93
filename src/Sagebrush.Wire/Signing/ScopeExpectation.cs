namespace Sagebrush.Wire.Signing;

/// <summary>What the credential scope of a request must name, where the caller knows.</summary>
/// <param name="Service">The signing name, such as <c>s3</c>; null accepts any.</param>
/// <param name="Region">The region, such as <c>us-east-1</c>; null accepts any.</param>
public readonly record struct ScopeExpectation(string? Service = null, string? Region = null);
