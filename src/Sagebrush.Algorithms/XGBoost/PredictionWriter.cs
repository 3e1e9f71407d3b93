using System.Buffers;
using System.Globalization;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>Writes predictions in the bytes of SageMaker's container, which is to say of Python.</summary>
internal static class PredictionWriter
{
    /// <summary>The longest number: a float32 widened to double, as Python prints it, takes at most 24 characters.</summary>
    private const int LongestNumber = 32;

    public static void Write(
        ReadOnlySpan<float> predictions, int perRow, bool isVector, string type, XGBoostAnswerStyle style, IBufferWriter<byte> output)
    {
        switch (type)
        {
            case InferenceMediaTypes.Json:
                output.Write("{\"predictions\": ["u8);
                WriteRows(predictions, perRow, isVector, output, "{\"score\": "u8, "}"u8, ", "u8);
                output.Write("]}"u8);
                break;
            case InferenceMediaTypes.JsonLines:
                WriteRows(predictions, perRow, isVector, output, "{\"score\": "u8, "}\n"u8, ""u8);
                break;
            default:
                if (style == XGBoostAnswerStyle.OneLine)
                {
                    WriteRows(predictions, perRow, isVector, output, ""u8, ""u8, ","u8);
                }
                else
                {
                    WriteLines(predictions, perRow, output);
                }

                break;
        }
    }

    private static void WriteLines(ReadOnlySpan<float> predictions, int perRow, IBufferWriter<byte> output)
    {
        for (var at = 0; at < predictions.Length; at += perRow)
        {
            var row = predictions.Slice(at, perRow);
            var target = output.GetSpan(checked(row.Length * (LongestNumber + 1)));
            var length = 0;
            for (var i = 0; i < row.Length; i++)
            {
                length += Format(row[i], target[length..]);
                target[length++] = i == row.Length - 1 ? (byte)'\n' : (byte)',';
            }

            output.Advance(length);
        }
    }

    private static void WriteRows(
        ReadOnlySpan<float> predictions,
        int perRow,
        bool isVector,
        IBufferWriter<byte> output,
        ReadOnlySpan<byte> before,
        ReadOnlySpan<byte> after,
        ReadOnlySpan<byte> between)
    {
        for (var at = 0; at < predictions.Length; at += perRow)
        {
            if (at > 0)
            {
                output.Write(between);
            }

            output.Write(before);
            var row = predictions.Slice(at, perRow);
            var target = output.GetSpan(checked((row.Length * (LongestNumber + 2)) + 2));
            var length = 0;
            if (isVector)
            {
                target[length++] = (byte)'[';
            }

            for (var i = 0; i < row.Length; i++)
            {
                if (i > 0)
                {
                    target[length++] = (byte)',';
                    target[length++] = (byte)' ';
                }

                length += Format(row[i], target[length..], before.Length != 0);
            }

            if (isVector)
            {
                target[length++] = (byte)']';
            }

            output.Advance(length);
            output.Write(after);
        }
    }

    /// <summary>
    /// Writes a float32 as Python's <c>repr</c> of it as a float: the shortest text that gives the same double, always with
    /// a point or an exponent, in scientific notation below 1e-4 and from 1e16 on.
    /// </summary>
    internal static int Format(float value, Span<byte> target, bool json = false)
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
