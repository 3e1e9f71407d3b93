using Sagebrush.Contracts.S3;

namespace Sagebrush.Services.S3.Events;

/// <summary>Which events a bucket's configuration asks for.</summary>
internal static class EventFilter
{
    private const string Service = "s3:";

    /// <summary>Whether an event is among those named, and its key has the prefix and the suffix asked for.</summary>
    public static bool Matches(IEnumerable<string> events, NotificationConfigurationFilter? filter, ObjectEvent happened) =>
        events.Any(pattern => MatchesName(pattern, happened.Name))
        && (filter?.Key?.FilterRules?.TrueForAll(rule => MatchesKey(rule, happened.Key)) ?? true);

    private static bool MatchesName(string pattern, string name) => pattern.StartsWith(Service, StringComparison.Ordinal)
        && (pattern.EndsWith('*')
            ? name.AsSpan().StartsWith(pattern.AsSpan(Service.Length).TrimEnd('*'))
            : name.AsSpan().SequenceEqual(pattern.AsSpan(Service.Length)));

    private static bool MatchesKey(FilterRule rule, string key) => string.Equals(rule.Name, FilterRuleName.Prefix, StringComparison.OrdinalIgnoreCase)
        ? key.StartsWith(rule.Value ?? "", StringComparison.Ordinal)
        : key.EndsWith(rule.Value ?? "", StringComparison.Ordinal);
}
