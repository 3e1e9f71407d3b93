using System.Text.RegularExpressions;

namespace Sagebrush.Wire.Schema;

/// <summary>What a model demands of a value: length or range, pattern, and enumeration.</summary>
/// <remarks>
/// <see cref="Min"/> and <see cref="Max"/> bound the length of strings, blobs, lists and maps, and the value of numbers.
/// The pattern is compiled on first use and matches the whole value, as AWS's does.
/// </remarks>
public sealed class Constraints(double? min = null, double? max = null, string? pattern = null, string[]? values = null)
{
    // The models' patterns were written for a backtracking engine that AWS guards itself; a bad one costs this much at most.
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(100);

    private Regex? _regex;

    /// <summary>The least length or value, if any.</summary>
    public double? Min { get; } = min;

    /// <summary>The greatest length or value, if any.</summary>
    public double? Max { get; } = max;

    /// <summary>The regular expression as the model spells it, if any.</summary>
    public string? Pattern { get; } = pattern;

    /// <summary>The allowed values of an enumeration, if it is one.</summary>
    public IReadOnlyList<string>? Values { get; } = values;

    /// <summary>Whether <paramref name="value"/> matches <see cref="Pattern"/> as a whole; true where there is none.</summary>
    public bool MatchesPattern(string value)
    {
        if (Pattern is null)
        {
            return true;
        }

        _regex ??= new Regex(Anchored(Pattern), RegexOptions.CultureInvariant, PatternTimeout);
        try
        {
            return _regex.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return MatchesInLinearTime(Pattern, value);
        }
    }

    private static string Anchored(string pattern) => $@"\A(?:{JavaPattern.ToDotNet(pattern)})\z";

    // The time may have gone by while other work had the processor: that is no fault of the value.
    private static bool MatchesInLinearTime(string pattern, string value)
    {
        try
        {
            return Regex.IsMatch(value, Anchored(pattern), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            // It looks around or back, which only the other engine can.
            return false;
        }
    }
}
