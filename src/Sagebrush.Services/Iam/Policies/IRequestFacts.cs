namespace Sagebrush.Services.Iam.Policies;

/// <summary>What is known of a request, by the names of condition keys.</summary>
internal interface IRequestFacts
{
    /// <summary>The values of a condition key, in whatever letter case; null when the request has none.</summary>
    IReadOnlyList<string>? Values(string key);
}
