namespace Sagebrush.Services.Logs.Filtering;

/// <summary>Reads conditions joined by <c>&amp;&amp;</c>, <c>||</c> and parentheses; the former binds tighter.</summary>
internal sealed class LogicParser<TSubject>(PatternScanner scanner, Func<PatternScanner, Func<TSubject, bool>> condition)
{
    private const int DeepestNesting = 32;

    private int _depth;

    public Func<TSubject, bool> Parse()
    {
        var first = ParseAll();
        if (!scanner.TryTake("||"))
        {
            return first;
        }

        var choices = new List<Func<TSubject, bool>> { first };
        do
        {
            choices.Add(ParseAll());
        }
        while (scanner.TryTake("||"));
        return subject => choices.Exists(choice => choice(subject));
    }

    private Func<TSubject, bool> ParseAll()
    {
        var first = ParseOne();
        if (!scanner.TryTake("&&"))
        {
            return first;
        }

        var parts = new List<Func<TSubject, bool>> { first };
        do
        {
            parts.Add(ParseOne());
        }
        while (scanner.TryTake("&&"));
        return subject => parts.TrueForAll(part => part(subject));
    }

    private Func<TSubject, bool> ParseOne()
    {
        if (!scanner.TryTake("("))
        {
            scanner.SkipSpace();
            return condition(scanner);
        }

        if (++_depth > DeepestNesting)
        {
            throw new FilterPatternException($"Parentheses are nested more than {DeepestNesting} deep.");
        }

        var inner = Parse();
        scanner.Expect(")");
        _depth--;
        return inner;
    }
}
