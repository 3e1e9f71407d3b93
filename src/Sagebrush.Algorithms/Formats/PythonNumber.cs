using System.Globalization;

namespace Sagebrush.Algorithms.Formats;

/// <summary>Numbers in the text that Python gives them.</summary>
internal static class PythonNumber
{
    /// <summary>Room for the longest number: a float32 widened to double takes at most 24 characters.</summary>
    public const int Longest = 32;

    /// <summary>
    /// Writes a float32 as Python's <c>repr</c> of it as a float: the shortest text that gives the same double, always with
    /// a point or an exponent, in scientific notation below 1e-4 and from 1e16 on.
    /// </summary>
    public static int Format(float value, Span<byte> target, bool json = false)
    {
        if (!float.IsFinite(value))
        {
            return FormatSpecial(value, target, json);
        }

        if (value == MathF.Truncate(value) && MathF.Abs(value) < 1e16f)
        {
            // Whole numbers, among them those from 1e15 on, where .NET would change to scientific notation.
            var sign = 0;
            if (float.IsNegative(value))
            {
                target[sign++] = (byte)'-';
            }

            ((long)MathF.Abs(value)).TryFormat(target[sign..], out var digits, default, CultureInfo.InvariantCulture);
            ".0"u8.CopyTo(target[(sign + digits)..]);
            return sign + digits + 2;
        }

        ((double)value).TryFormat(target, out var length, default, CultureInfo.InvariantCulture);
        var exponent = target[..length].IndexOf((byte)'E');
        if (exponent >= 0)
        {
            target[exponent] = (byte)'e';
        }
        else if (MathF.Abs(value) >= 1e16f)
        {
            length = ToScientific(target, length);
        }

        return length;
    }

    /// <summary>Rewrites a whole number that .NET printed in full, as it does when all its digits count.</summary>
    private static int ToScientific(Span<byte> target, int length)
    {
        var first = target[0] == (byte)'-' ? 1 : 0;
        var power = length - first - 1;
        var digits = target[..length].TrimEnd((byte)'0').Length - first;
        if (digits > 1)
        {
            target.Slice(first + 1, digits - 1).CopyTo(target[(first + 2)..]);
            target[first + 1] = (byte)'.';
            digits++;
        }

        length = first + digits;
        "e+"u8.CopyTo(target[length..]);
        power.TryFormat(target[(length + 2)..], out var powerLength, default, CultureInfo.InvariantCulture);
        return length + 2 + powerLength;
    }

    /// <summary>Python's csv and json name what is not a number differently.</summary>
    private static int FormatSpecial(float value, Span<byte> target, bool json)
    {
        var name = float.IsNaN(value) ? (json ? "NaN"u8 : "nan"u8)
            : value > 0 ? (json ? "Infinity"u8 : "inf"u8)
            : json ? "-Infinity"u8 : "-inf"u8;
        name.CopyTo(target);
        return name.Length;
    }
}
