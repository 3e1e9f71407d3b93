using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.AutoML;

/// <summary>The order of classes.</summary>
public static class ClassNames
{
    private static readonly HashSet<string> PositiveWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "yes", "y", "true", "t", "1", "positive", "pos", "malignant", "churn", "churned", "fraud", "default", "bad", "sick", "disease", "spam",
    };

    /// <summary>Numbers by their value, then words by their letters.</summary>
    public static IReadOnlyList<string> Sort(IEnumerable<string> names) =>
        [.. names.OrderBy(name => CellText.TryNumber(name, out var number) ? number : double.MaxValue).ThenBy(name => name, StringComparer.Ordinal)];

    /// <summary>Of two classes the negative, then the positive: by its word, else the greater number, else the rarer class, which is usually the one asked about.</summary>
    /// <param name="counts">The two classes with their numbers of rows.</param>
    public static IReadOnlyList<string> NegativeFirst(IReadOnlyDictionary<string, int> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var sorted = Sort(counts.Keys);
        var words = sorted.Where(name => PositiveWords.Contains(name.TrimEnd('.'))).ToList();
        var positive = words is [var word] ? word
            : sorted.All(name => CellText.TryNumber(name, out _)) ? sorted[1]
            : counts.MinBy(entry => entry.Value).Key;
        return [sorted[0] == positive ? sorted[1] : sorted[0], positive];
    }
}
