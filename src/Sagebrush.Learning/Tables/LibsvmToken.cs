namespace Sagebrush.Learning.Tables;

/// <summary>One blank-separated piece of a libsvm row: <c>number</c>, <c>number:number</c> or <c>qid:number</c>.</summary>
public readonly ref struct LibsvmToken
{
    private LibsvmToken(ReadOnlySpan<byte> text) => Text = text;

    /// <summary>The piece as written.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Whether it has one of the forms.</summary>
    public bool IsValid { get; private init; }

    /// <summary>Whether it is <c>qid:number</c>.</summary>
    public bool IsGroup { get; private init; }

    /// <summary>Whether there is a number behind a colon.</summary>
    public bool HasSecond { get; private init; }

    /// <summary>The number before the colon.</summary>
    public double First { get; private init; }

    /// <summary>The number behind the colon.</summary>
    public double Second { get; private init; }

    /// <summary>Takes the first piece off a line and the blanks behind it.</summary>
    public static LibsvmToken Next(scoped ref ReadOnlySpan<byte> line)
    {
        var end = line.IndexOfAny((byte)' ', (byte)'\t');
        var text = end < 0 ? line : line[..end];
        line = end < 0 ? [] : line[end..].TrimStart(" \t"u8);
        if (text.StartsWith("qid:"u8))
        {
            var valid = NumberText.Scan(text[4..], out var group) == text.Length - 4 && text.Length > 4;
            return new(text) { IsValid = valid, IsGroup = valid, HasSecond = valid, Second = group };
        }

        var colon = text.IndexOf((byte)':');
        var head = colon < 0 ? text : text[..colon];
        if (!TryNumber(head, out var first))
        {
            return new(text);
        }

        if (colon < 0)
        {
            return new(text) { IsValid = true, First = first };
        }

        return TryNumber(text[(colon + 1)..], out var second)
            ? new(text) { IsValid = true, First = first, HasSecond = true, Second = second }
            : new(text);
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out double value)
    {
        if (text.IsEmpty)
        {
            value = 0;
            return false;
        }

        if (NumberText.Scan(text, out value) == text.Length)
        {
            return true;
        }

        var named = NumberText.TryParse(text, out var single);
        value = single;
        return named;
    }
}
