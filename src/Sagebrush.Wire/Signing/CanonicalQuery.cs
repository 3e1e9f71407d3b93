using System.Buffers;

namespace Sagebrush.Wire.Signing;

/// <summary>Writes a raw query string as SigV4 wants it: escaped, sorted by name and then by value.</summary>
internal static class CanonicalQuery
{
    private const int PairsOnStack = 16;

    /// <param name="target">Where to write.</param>
    /// <param name="query">The query without its question mark.</param>
    /// <param name="verbatim">Whether names and values stay as they were sent instead of being escaped anew.</param>
    public static void Append(ref CanonicalBuffer target, ReadOnlySpan<char> query, bool verbatim)
    {
        if (query.IsEmpty)
        {
            return;
        }

        var count = query.Count('&') + 1;
        if (count == 1)
        {
            AppendSingle(ref target, query, verbatim);
            return;
        }

        Span<Pair> stack = stackalloc Pair[PairsOnStack];
        var rented = count > PairsOnStack ? ArrayPool<Pair>.Shared.Rent(count) : null;
        var pairs = rented is null ? stack : rented.AsSpan();
        var scratch = new CanonicalBuffer(stackalloc byte[512]);
        try
        {
            var used = 0;
            foreach (var range in query.Split('&'))
            {
                var part = query[range];
                if ((!part.IsEmpty || verbatim) && !IsSignature(part))
                {
                    pairs[used++] = Encode(ref scratch, part, verbatim);
                }
            }

            Write(ref target, scratch.Written, pairs[..used]);
        }
        finally
        {
            scratch.Dispose();
            if (rented is not null)
            {
                ArrayPool<Pair>.Shared.Return(rented);
            }
        }
    }

    private static void AppendSingle(ref CanonicalBuffer target, ReadOnlySpan<char> part, bool verbatim)
    {
        if (!IsSignature(part))
        {
            var (name, value) = Divide(part);
            AppendPart(ref target, name, verbatim);
            target.Append((byte)'=');
            AppendPart(ref target, value, verbatim);
        }
    }

    private static bool IsSignature(ReadOnlySpan<char> part) =>
        part.StartsWith("X-Amz-Signature", StringComparison.Ordinal) && Divide(part).Name.Length == "X-Amz-Signature".Length;

    private static Pair Encode(ref CanonicalBuffer scratch, ReadOnlySpan<char> part, bool verbatim)
    {
        var (name, value) = Divide(part);
        var start = scratch.Length;
        AppendPart(ref scratch, name, verbatim);
        var middle = scratch.Length;
        AppendPart(ref scratch, value, verbatim);
        return new Pair(start, middle, scratch.Length);
    }

    private static void AppendPart(ref CanonicalBuffer target, ReadOnlySpan<char> text, bool verbatim)
    {
        if (verbatim)
        {
            target.Append(text);
        }
        else
        {
            CanonicalPath.AppendEscapedOnce(ref target, text, keepSlashes: false);
        }
    }

    private static void Write(ref CanonicalBuffer target, scoped ReadOnlySpan<byte> bytes, scoped Span<Pair> pairs)
    {
        Sort(bytes, pairs);
        for (var i = 0; i < pairs.Length; i++)
        {
            if (i > 0)
            {
                target.Append((byte)'&');
            }

            target.Append(bytes[pairs[i].Name]);
            target.Append((byte)'=');
            target.Append(bytes[pairs[i].Value]);
        }
    }

    private static void Sort(ReadOnlySpan<byte> bytes, Span<Pair> pairs)
    {
        if (pairs.Length > PairsOnStack)
        {
            // A copy the comparison can hold: spans cannot be captured, and a quadratic sort here would be a gift to attackers.
            var copy = bytes.ToArray();
            pairs.Sort((a, b) => Compare(copy, a, b));
            return;
        }

        for (var i = 1; i < pairs.Length; i++)
        {
            var moving = pairs[i];
            var at = i;
            for (; at > 0 && Compare(bytes, pairs[at - 1], moving) > 0; at--)
            {
                pairs[at] = pairs[at - 1];
            }

            pairs[at] = moving;
        }
    }

    private static int Compare(ReadOnlySpan<byte> bytes, Pair a, Pair b)
    {
        var names = bytes[a.Name].SequenceCompareTo(bytes[b.Name]);
        return names != 0 ? names : bytes[a.Value].SequenceCompareTo(bytes[b.Value]);
    }

    private static Parts Divide(ReadOnlySpan<char> part)
    {
        var equals = part.IndexOf('=');
        return equals < 0 ? new Parts(part, []) : new Parts(part[..equals], part[(equals + 1)..]);
    }

    private readonly ref struct Parts(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        public ReadOnlySpan<char> Name { get; } = name;

        public ReadOnlySpan<char> Value { get; } = value;

        public void Deconstruct(out ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
        {
            name = Name;
            value = Value;
        }
    }

    private readonly record struct Pair(int Start, int Middle, int End)
    {
        public Range Name => Start..Middle;

        public Range Value => Middle..End;
    }
}
