using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Sagebrush.Learning.Tables.RecordIO;

namespace Sagebrush.Algorithms.Formats;

/// <summary>Writes a model's answers in the formats of SageMaker's algorithms.</summary>
internal static class AnswerWriter
{
    public static void Write(AnswerLayout layout, ReadOnlySpan<float> answers, string type, IBufferWriter<byte> output)
    {
        switch (type)
        {
            case TabularMediaTypes.RecordIo:
                WriteRecords(layout, answers, output);
                break;
            case InferenceMediaTypes.Json when layout.IsColumnar:
                WriteColumns(layout, answers, output);
                break;
            case InferenceMediaTypes.Json:
                output.Write(Encoding.UTF8.GetBytes($"{{\"{layout.ListName}\": ["));
                for (var at = 0; at < answers.Length; at += layout.Width)
                {
                    output.Write(at == 0 ? ""u8 : ", "u8);
                    WriteObject(layout, answers.Slice(at, layout.Width), output);
                }

                output.Write("]}"u8);
                break;
            case InferenceMediaTypes.JsonLines:
                for (var at = 0; at < answers.Length; at += layout.Width)
                {
                    WriteObject(layout, answers.Slice(at, layout.Width), output);
                    output.Write("\n"u8);
                }

                break;
            default:
                for (var at = 0; at < answers.Length; at += layout.Width)
                {
                    WriteCells(layout, answers.Slice(at, layout.Width), output);
                }

                break;
        }
    }

    private static void WriteRecords(AnswerLayout layout, ReadOnlySpan<float> answers, IBufferWriter<byte> output)
    {
        using var stream = new MemoryStream();
        using (var writer = new RecordWriter(stream))
        {
            for (var at = 0; at < answers.Length; at += layout.Width)
            {
                writer.WriteLabels(layout.Names, layout.Widths, answers.Slice(at, layout.Width));
            }

            writer.Flush();
        }

        output.Write(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private static void WriteObject(AnswerLayout layout, ReadOnlySpan<float> row, IBufferWriter<byte> output)
    {
        output.Write("{"u8);
        for (var i = 0; i < layout.Fields.Length; i++)
        {
            var field = layout.Fields[i];
            output.Write(i == 0 ? "\""u8 : ", \""u8);
            output.Write(Encoding.UTF8.GetBytes(field.Name));
            output.Write(field.IsVector ? "\": ["u8 : "\": "u8);
            for (var k = 0; k < field.Width; k++)
            {
                output.Write(k == 0 ? ""u8 : ", "u8);
                WriteNumber(row[k], field.IsWhole, true, output);
            }

            output.Write(field.IsVector ? "]"u8 : ""u8);
            row = row[field.Width..];
        }

        output.Write("}"u8);
    }

    private static void WriteColumns(AnswerLayout layout, ReadOnlySpan<float> answers, IBufferWriter<byte> output)
    {
        var first = 0;
        foreach (var field in layout.Fields)
        {
            output.Write(Encoding.UTF8.GetBytes($"{(first == 0 ? "{" : ", ")}\"{field.Name}\": ["));
            for (var at = first; at < answers.Length; at += layout.Width)
            {
                output.Write(at == first ? ""u8 : ", "u8);
                WriteList(answers.Slice(at, field.Width), field, output);
            }

            output.Write("]"u8);
            first += field.Width;
        }

        if (layout.Shared is { } shared)
        {
            output.Write(Encoding.UTF8.GetBytes($", \"{shared.Name}\": "));
            WriteList([.. shared.Values], new(shared.Name, shared.Values.Count, IsVector: true, IsWhole: true), output);
        }

        output.Write("}"u8);
    }

    private static void WriteList(ReadOnlySpan<float> values, AnswerField field, IBufferWriter<byte> output)
    {
        output.Write(field.IsVector ? "["u8 : ""u8);
        for (var i = 0; i < values.Length; i++)
        {
            output.Write(i == 0 ? ""u8 : ", "u8);
            WriteNumber(values[i], field.IsWhole, true, output);
        }

        output.Write(field.IsVector ? "]"u8 : ""u8);
    }

    private static void WriteCells(AnswerLayout layout, ReadOnlySpan<float> row, IBufferWriter<byte> output)
    {
        var at = 0;
        foreach (var field in layout.Fields)
        {
            for (var k = 0; k < field.Width; k++, at++)
            {
                output.Write(at == 0 ? ""u8 : ","u8);
                WriteNumber(row[at], field.IsWhole, false, output);
            }
        }

        output.Write("\n"u8);
    }

    private static void WriteNumber(float value, bool whole, bool json, IBufferWriter<byte> output)
    {
        var target = output.GetSpan(PythonNumber.Longest);
        int length;
        if (whole)
        {
            Utf8Formatter.TryFormat((long)value, target, out length);
        }
        else
        {
            length = PythonNumber.Format(value, target, json);
        }

        output.Advance(length);
    }
}
