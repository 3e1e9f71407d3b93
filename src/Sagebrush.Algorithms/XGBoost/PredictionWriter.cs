using System.Buffers;
using Sagebrush.Algorithms.Formats;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>Writes predictions in the bytes of SageMaker's container, which is to say of Python.</summary>
internal static class PredictionWriter
{
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
            var target = output.GetSpan(checked(row.Length * (PythonNumber.Longest + 1)));
            var length = 0;
            for (var i = 0; i < row.Length; i++)
            {
                length += PythonNumber.Format(row[i], target[length..]);
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
            var target = output.GetSpan(checked((row.Length * (PythonNumber.Longest + 2)) + 2));
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

                length += PythonNumber.Format(row[i], target[length..], before.Length != 0);
            }

            if (isVector)
            {
                target[length++] = (byte)']';
            }

            output.Advance(length);
            output.Write(after);
        }
    }
}
