using Sagebrush.Contracts.S3;

namespace Sagebrush.Services.S3.Settings;

/// <summary>Finds the CORS rule that lets a page of another origin make a request.</summary>
internal static class CrossOriginRules
{
    /// <summary>The first rule that allows it; null when none does.</summary>
    /// <param name="rules">The bucket's rules in their order.</param>
    /// <param name="origin">The page's origin.</param>
    /// <param name="method">The method of the real request.</param>
    /// <param name="headers">The headers it will have beyond the harmless ones.</param>
    public static CORSRule? Find(IEnumerable<CORSRule> rules, string origin, string method, IReadOnlyCollection<string> headers) => rules.FirstOrDefault(rule =>
        rule.AllowedMethods.Contains(method)
        && rule.AllowedOrigins.Exists(pattern => Matches(pattern, origin, StringComparison.Ordinal))
        && headers.All(header => rule.AllowedHeaders?.Exists(pattern => Matches(pattern, header, StringComparison.OrdinalIgnoreCase)) == true));

    private static bool Matches(string pattern, string value, StringComparison comparison)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? pattern.Equals(value, comparison)
            : value.Length >= pattern.Length - 1
                && value.StartsWith(pattern[..star], comparison)
                && value.EndsWith(pattern[(star + 1)..], comparison);
    }
}
