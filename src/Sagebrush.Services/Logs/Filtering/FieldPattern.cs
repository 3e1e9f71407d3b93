namespace Sagebrush.Services.Logs.Filtering;

/// <summary>
/// Conditions on the fields of lines divided by spaces: <c>[ip, user, ..., status = 4*, bytes > 1000]</c>. Quoted and
/// bracketed parts of a line are one field; <c>...</c> stands for any number of fields.
/// </summary>
internal static class FieldPattern
{
    public static FieldMessagePattern Parse(PatternScanner scanner)
    {
        scanner.Expect("[");
        var (head, tail) = (new List<(string, Func<string, bool>)>(), new List<(string, Func<string, bool>)>());
        var current = head;
        do
        {
            if (!scanner.TryTake("..."))
            {
                current.Add(Field(scanner));
            }
            else if (current == head)
            {
                current = tail;
            }
            else
            {
                throw new FilterPatternException("A pattern of fields takes one ellipsis only.");
            }
        }
        while (scanner.TryTake(","));
        scanner.Expect("]");
        scanner.SkipSpace();
        if (!scanner.AtEnd)
        {
            throw scanner.Unexpected("nothing more");
        }

        return new FieldMessagePattern(head, tail, current == tail);
    }

    /// <summary>Reads a field's name, or conditions on it, each of which repeats the name.</summary>
    private static (string Name, Func<string, bool> Test) Field(PatternScanner scanner)
    {
        string? first = null;
        var test = new LogicParser<string>(scanner, Condition).Parse();
        return (first!, test);

        Func<string, bool> Condition(PatternScanner inner)
        {
            var name = inner.TakeWhile(letter => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '@' or '.');
            first ??= name;
            if (name.Length == 0)
            {
                throw inner.Unexpected("a field's name");
            }

            if (name != first)
            {
                throw new FilterPatternException($"The conditions on field {first} also name {name}.");
            }

            if (!PatternComparison.Follows(inner))
            {
                return static _ => true;
            }

            var holds = PatternComparison.Parse(inner);
            return field => holds(field, PatternValue.Number(field));
        }
    }

    /// <summary>Divides a line into its fields.</summary>
    public static List<string> Fields(string message)
    {
        var fields = new List<string>();
        var at = 0;
        while (at < message.Length)
        {
            if (char.IsWhiteSpace(message[at]))
            {
                at++;
                continue;
            }

            var close = message[at] switch
            {
                '"' => message.IndexOf('"', at + 1),
                '[' => message.IndexOf(']', at + 1),
                _ => -1,
            };
            if (close > 0)
            {
                fields.Add(message[(at + 1)..close]);
                at = close + 1;
                continue;
            }

            var start = at;
            while (at < message.Length && !char.IsWhiteSpace(message[at]))
            {
                at++;
            }

            fields.Add(message[start..at]);
        }

        return fields;
    }
}
