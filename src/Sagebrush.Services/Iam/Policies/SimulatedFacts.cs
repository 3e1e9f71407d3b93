namespace Sagebrush.Services.Iam.Policies;

/// <summary>Condition keys as somebody gives them, and which others policies asked for.</summary>
internal sealed class SimulatedFacts(IReadOnlyDictionary<string, IReadOnlyList<string>> given) : IRequestFacts
{
    private readonly SortedSet<string> _missing = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The keys that were asked for and not given.</summary>
    public IReadOnlyCollection<string> Missing => _missing;

    public IReadOnlyList<string>? Values(string key)
    {
        if (given.TryGetValue(key, out var values))
        {
            return values;
        }

        _missing.Add(key);
        return null;
    }
}
