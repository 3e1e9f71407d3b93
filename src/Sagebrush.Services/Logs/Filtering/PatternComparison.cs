namespace Sagebrush.Services.Logs.Filtering;

/// <summary>One operator with its right side.</summary>
internal static class PatternComparison
{
    // Longer operators before their own beginnings.
    private static readonly string[] Operators = ["!=", "<=", ">=", "=", "<", ">"];

    /// <summary>Reads an operator and a value, and makes the test of a field's text and number.</summary>
    public static Func<string, double?, bool> Parse(PatternScanner scanner)
    {
        var sign = Operators.FirstOrDefault(scanner.TryTake) ?? throw scanner.Unexpected("one of = != < <= > >=");
        var value = PatternValue.Parse(scanner);
        return sign switch
        {
            "=" => value.Equals,
            "!=" => (text, number) => !value.Equals(text, number),
            "<" => (_, number) => value.CompareNumber(number) < 0,
            "<=" => (_, number) => value.CompareNumber(number) <= 0,
            ">" => (_, number) => value.CompareNumber(number) > 0,
            _ => (_, number) => value.CompareNumber(number) >= 0,
        };
    }

    /// <summary>Whether an operator comes next.</summary>
    public static bool Follows(PatternScanner scanner)
    {
        scanner.SkipSpace();
        return scanner.Peek is '=' or '!' or '<' or '>';
    }
}
