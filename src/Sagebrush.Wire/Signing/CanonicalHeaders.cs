using System.Buffers;
using Microsoft.Extensions.Primitives;

namespace Sagebrush.Wire.Signing;

/// <summary>Writes header values as SigV4 wants them: trimmed, runs of white space made one space, repeats joined by commas.</summary>
internal static class CanonicalHeaders
{
    private static readonly SearchValues<char> WhiteSpace = SearchValues.Create(" \t\r\n\v\f");

    public static void Append(ref CanonicalBuffer target, ReadOnlySpan<char> name, StringValues values)
    {
        target.Append(name);
        target.Append((byte)':');
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0)
            {
                target.Append((byte)',');
            }

            AppendValue(ref target, values[i]);
        }

        target.Append((byte)'\n');
    }

    private static void AppendValue(ref CanonicalBuffer target, ReadOnlySpan<char> value)
    {
        value = value.Trim(" \t\r\n\v\f");
        while (true)
        {
            var end = value.IndexOfAny(WhiteSpace);
            if (end < 0)
            {
                target.Append(value);
                return;
            }

            target.Append(value[..end]);
            target.Append((byte)' ');
            value = value[end..].TrimStart(" \t\r\n\v\f");
        }
    }
}
