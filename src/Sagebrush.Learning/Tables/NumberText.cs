using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Sagebrush.Learning.Tables;

/// <summary>Reads decimal numbers from UTF-8 text, correctly rounded to double.</summary>
public static class NumberText
{
    // Powers of ten that a double holds exactly: a mantissa below 2^53 times or over one of them is rounded once, correctly
    // (Clinger, How to Read Floating Point Numbers Accurately, 1990).
    private static readonly double[] ExactPowers =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    private const ulong ExactMantissa = 1UL << 53;

    private const int LargestExponent = 100_000;

    // A sign, eight digits, the point, eight digits more and what follows are looked at without asking for an end.
    private const int ReadAhead = 19;

    /// <summary>Reads the number a text starts with.</summary>
    /// <param name="text">For example <c>-1.5e3,7</c>.</param>
    /// <param name="value">The number.</param>
    /// <returns>How many bytes it takes; 0 when the text does not start with a decimal number.</returns>
    public static int Scan(ReadOnlySpan<byte> text, out double value)
    {
        return text.Length >= ReadAhead && ScanQuickly(ref MemoryMarshal.GetReference(text), text.Length, out value) is > 0 and var taken
            ? taken
            : ScanByBytes(text, out value);
    }

    private static int ScanByBytes(ReadOnlySpan<byte> text, out double value)
    {
        var i = 0;
        var negative = false;
        if (i < text.Length && text[i] is (byte)'-' or (byte)'+')
        {
            negative = text[0] == (byte)'-';
            i = 1;
        }

        ulong mantissa = 0;
        var exponent = 0;
        var digits = 0;
        var start = i;
        for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
        {
            mantissa = (mantissa * 10) + (uint)(text[i] - '0');
        }

        digits = i - start;
        if (i < text.Length && text[i] == (byte)'.')
        {
            var point = ++i;
            for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
            {
                mantissa = (mantissa * 10) + (uint)(text[i] - '0');
            }

            exponent = point - i;
            digits += i - point;
        }

        if (digits == 0)
        {
            value = 0;
            return 0;
        }

        if (i < text.Length && (text[i] | 0x20) == 'e')
        {
            i = ScanExponent(text, i, ref exponent);
        }

        // Nineteen digits always fit into the mantissa, leading zeros included.
        if (digits <= 19 && mantissa <= ExactMantissa && exponent is >= -22 and <= 22)
        {
            value = exponent < 0 ? mantissa / ExactPowers[-exponent] : mantissa * ExactPowers[exponent];
            value = negative ? -value : value;
            return i;
        }

        return double.TryParse(text[..i], NumberStyles.Float, CultureInfo.InvariantCulture, out value) ? i : 0;
    }

    /// <summary>Reads the number a text starts with, which is part of a longer one: eight digits at a time where that reaches far enough.</summary>
    /// <param name="text">The text.</param>
    /// <param name="whole">What it is part of; if it is not, that is noticed.</param>
    /// <param name="value">The number.</param>
    /// <returns>How many bytes it takes; 0 when the text does not start with a decimal number.</returns>
    internal static int Scan(ReadOnlySpan<byte> text, ReadOnlySpan<byte> whole, out double value)
    {
        ref var first = ref MemoryMarshal.GetReference(text);
        var at = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(whole), ref first);
        return whole.Length >= ReadAhead && (nuint)at <= (nuint)(whole.Length - ReadAhead) && ScanQuickly(ref first, text.Length, out value) is > 0 and var taken
            ? taken
            : ScanByBytes(text, out value);
    }

    /// <summary>Reads a number of at most eight digits before the point and at most eight behind it.</summary>
    /// <returns>How many of <paramref name="length"/> bytes it takes; 0 when there is none, or another kind of number.</returns>
    private static int ScanQuickly(ref byte first, int length, out double value)
    {
        value = 0;
        var isNegative = first == (byte)'-';
        var i = isNegative || first == (byte)'+' ? 1 : 0;
        var count = Digits(ref Unsafe.Add(ref first, i), out var mantissa);
        i += count;
        var decimals = 0;
        if (i < length && Unsafe.Add(ref first, i) == (byte)'.')
        {
            decimals = Digits(ref Unsafe.Add(ref first, i + 1), out var fraction);
            mantissa = (mantissa * Powers[decimals]) + fraction;
            i += decimals + 1;
        }

        var next = Unsafe.Add(ref first, i);
        if (count == 0 || i > length || mantissa > ExactMantissa || (i < length && ((uint)(next - '0') <= 9 || (next | 0x20) == 'e')))
        {
            return 0;
        }

        value = mantissa / ExactPowers[decimals];
        value = isNegative ? -value : value;
        return i;
    }

    private static ReadOnlySpan<ulong> Powers => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    /// <summary>Reads up to eight digits as one number, without a loop (Lemire, Number Parsing at a Gigabyte per Second, 2021).</summary>
    /// <returns>How many they are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Digits(ref byte first, out ulong number)
    {
        var word = Unsafe.ReadUnaligned<ulong>(ref first);
        word = (BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word)) ^ 0x3030_3030_3030_3030;

        // The high bit of every byte that is above nine; a carry reaches only bytes behind the first such one.
        var others = ((word + 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080;
        var count = BitOperations.TrailingZeroCount(others) >> 3;

        // As if zeros stood before them: eight digits, in pairs, then fours, then all.
        word = count == 0 ? 0 : word << (64 - (8 * count));
        word = (word * 10) + (word >> 8);
        number = (((word & 0x0000_00FF_0000_00FF) * 0x000F_4240_0000_0064) + (((word >> 16) & 0x0000_00FF_0000_00FF) * 0x0000_2710_0000_0001)) >> 32;
        return count;
    }

    /// <summary>Reads a text that is one number, a missing value (empty or <c>nan</c>) or an infinity (<c>inf</c>).</summary>
    /// <returns>Whether it is one of them.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out float value)
    {
        text = text.Trim(" \t\r"u8);
        if (text.IsEmpty)
        {
            value = float.NaN;
            return true;
        }

        var length = Scan(text, out var number);
        value = (float)number;
        return length == text.Length || TryParseName(text, out value);
    }

    /// <summary>A text as shown in messages: not too long, without control characters.</summary>
    public static string Show(ReadOnlySpan<byte> text)
    {
        const int Longest = 40;
        var shown = Encoding.UTF8.GetString(text.Length > Longest ? text[..Longest] : text);
        var safe = string.Create(shown.Length, shown, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = char.IsControl(source[i]) ? '?' : source[i];
            }
        });
        return text.Length > Longest ? safe + "…" : safe;
    }

    private static int ScanExponent(ReadOnlySpan<byte> text, int at, ref int exponent)
    {
        var i = at + 1;
        var negative = false;
        if (i < text.Length && text[i] is (byte)'-' or (byte)'+')
        {
            negative = text[i] == (byte)'-';
            i++;
        }

        var first = i;
        var power = 0;
        for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
        {
            power = Math.Min((power * 10) + (text[i] - '0'), LargestExponent);
        }

        if (i == first)
        {
            return at;
        }

        exponent += negative ? -power : power;
        return i;
    }

    private static bool TryParseName(ReadOnlySpan<byte> text, out float value)
    {
        var negative = text[0] == (byte)'-';
        var name = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        if (Ascii.EqualsIgnoreCase(name, "nan"u8))
        {
            value = float.NaN;
            return true;
        }

        if (Ascii.EqualsIgnoreCase(name, "inf"u8) || Ascii.EqualsIgnoreCase(name, "infinity"u8))
        {
            value = negative ? float.NegativeInfinity : float.PositiveInfinity;
            return true;
        }

        value = 0;
        return false;
    }
}
