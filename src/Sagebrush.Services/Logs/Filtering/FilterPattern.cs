namespace Sagebrush.Services.Logs.Filtering;

/// <summary>Reads CloudWatch Logs' filter patterns.</summary>
/// <remarks>
/// The three forms AWS documents under "Filter pattern syntax": terms (<c>ERROR "two words" -not ?either ?or</c>),
/// fields of lines divided by spaces (<c>[ip, ..., status = 4*]</c>), and JSON (<c>{ $.status = 404 }</c>).
/// </remarks>
internal static class FilterPattern
{
    /// <summary>Makes the test a message must pass; null when every message does.</summary>
    /// <exception cref="FilterPatternException">The pattern cannot be read.</exception>
    public static Func<string, bool>? Parse(string? pattern)
    {
        var scanner = new PatternScanner(pattern ?? "");
        scanner.SkipSpace();
        return scanner.Peek switch
        {
            PatternScanner.End => null,
            '{' => JsonPattern.Parse(scanner).Matches,
            '[' => FieldPattern.Parse(scanner).Matches,
            _ => TermPattern.Parse(scanner),
        };
    }

    /// <summary>Makes a pattern that also tells the values of messages.</summary>
    /// <exception cref="FilterPatternException">The pattern cannot be read.</exception>
    public static IMessagePattern ParseWithValues(string? pattern)
    {
        var scanner = new PatternScanner(pattern ?? "");
        scanner.SkipSpace();
        return scanner.Peek switch
        {
            '{' => JsonPattern.Parse(scanner),
            '[' => FieldPattern.Parse(scanner),
            _ => new TermMessagePattern(Parse(pattern)),
        };
    }
}
