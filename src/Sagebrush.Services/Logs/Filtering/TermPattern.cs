namespace Sagebrush.Services.Logs.Filtering;

/// <summary>Terms anywhere in a message, letter case included: all plain ones, none with -, any of those with ?.</summary>
internal static class TermPattern
{
    public static Func<string, bool> Parse(PatternScanner scanner)
    {
        var (required, excluded, optional) =
            (new List<Func<string, bool>>(), new List<Func<string, bool>>(), new List<Func<string, bool>>());
        for (scanner.SkipSpace(); !scanner.AtEnd; scanner.SkipSpace())
        {
            var terms = scanner.Peek switch
            {
                '-' => excluded,
                '?' => optional,
                _ => required,
            };
            if (terms != required)
            {
                scanner.Next();
            }

            terms.Add(Term(scanner));
        }

        // As AWS documents it, optional terms do not count beside required ones.
        if (required.Count > 0)
        {
            optional.Clear();
        }

        return message => required.TrueForAll(term => term(message))
            && !excluded.Exists(term => term(message))
            && (optional.Count == 0 || optional.Exists(term => term(message)));
    }

    private static Func<string, bool> Term(PatternScanner scanner)
    {
        switch (scanner.Peek)
        {
            case '%':
                return PatternValue.Regex(scanner.TakeDelimited('%')).IsMatch;
            case '"':
                return Contains(scanner.TakeDelimited('"'));
            default:
                var word = scanner.TakeWhile(letter => !char.IsWhiteSpace(letter));
                return word.Length > 0 ? Contains(word) : throw scanner.Unexpected("a term");
        }
    }

    private static Func<string, bool> Contains(string term) =>
        message => message.Contains(term, StringComparison.Ordinal);
}
