using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sagebrush.Algorithms.Formats;
using Sagebrush.Learning.AutoML;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>Answers rows of raw columns, as CSV without a header and without the target, with labels and probabilities.</summary>
internal sealed class AutopilotInference(AutopilotModel model, InferenceKeys keys) : IInferenceModel
{
    private static readonly JsonWriterOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TypedCsvFormat _format = new() { HasHeader = false, Separator = (byte)',', TextColumns = model.TextColumns, Threads = 1 };
    private readonly string _labels = $"[{string.Join(", ", model.Classes.Select(Quote))}]";

    public string Predict(ReadOnlySpan<byte> body, string? contentType, string? accept, IBufferWriter<byte> output)
    {
        if (contentType?.Split(';')[0].Trim() is { Length: > 0 } type && !type.Equals(InferenceMediaTypes.Csv, StringComparison.OrdinalIgnoreCase))
        {
            throw new InferenceInputException(415, $"Content-type {contentType} is not supported. Please use {InferenceMediaTypes.Csv}: rows of the {model.Columns.Count} columns without a header.");
        }

        var answer = InferenceMediaTypes.Answer(accept);
        var rows = Read(body);
        var outputs = model.Predict(rows);
        var decided = model.Problem == ProblemType.Regression ? [] : model.Decide(outputs);
        if (answer == InferenceMediaTypes.Csv)
        {
            WriteCsv(outputs, decided, rows.RowCount, output);
        }
        else
        {
            WriteJson(outputs, decided, rows.RowCount, answer == InferenceMediaTypes.JsonLines, output);
        }

        return answer;
    }

    private TypedTable Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var table = TypedCsvReader.Read(body.ToArray(), "request", _format);
            return table.Columns.Count == model.Columns.Count
                ? new([.. table.Columns.Zip(model.Columns, (column, name) => column.Rename(name))], table.RowCount)
                : throw new InferenceInputException(
                    $"A row has {table.Columns.Count} cells, but the model needs {model.Columns.Count}: {string.Join(", ", model.Columns.Take(40))}{(model.Columns.Count > 40 ? ", …" : "")}.");
        }
        catch (TableFormatException e)
        {
            throw new InferenceInputException(e.Message, e);
        }
    }

    private void WriteCsv(float[] outputs, int[] decided, int rows, IBufferWriter<byte> output)
    {
        var text = new StringBuilder();
        for (var row = 0; row < rows; row++)
        {
            if (model.Problem == ProblemType.Regression)
            {
                text.Append(outputs[row].ToString("R", CultureInfo.InvariantCulture));
            }
            else
            {
                foreach (var (place, key) in keys.Output.Index())
                {
                    text.Append(place > 0 ? "," : "").Append(Cell(key switch
                    {
                        InferenceKeys.PredictedLabel => model.Classes[decided[row]],
                        InferenceKeys.Probability => Number(Probability(outputs, row, decided[row])),
                        InferenceKeys.Probabilities => $"[{string.Join(", ", Enumerable.Range(0, model.Classes.Count).Select(label => Number(Probability(outputs, row, label))))}]",
                        _ => _labels,
                    }));
                }
            }

            text.Append('\n');
        }

        output.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private void WriteJson(float[] outputs, int[] decided, int rows, bool isLines, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, Json);
        if (!isLines)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("predictions");
        }

        for (var row = 0; row < rows; row++)
        {
            writer.WriteStartObject();
            if (model.Problem == ProblemType.Regression)
            {
                writer.WriteNumber("score", outputs[row]);
            }
            else
            {
                WriteKeys(writer, outputs, row, decided[row]);
            }

            writer.WriteEndObject();
            if (isLines)
            {
                writer.Flush();
                output.Write("\n"u8);
                writer.Reset();
            }
        }

        if (!isLines)
        {
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }

    private void WriteKeys(Utf8JsonWriter writer, float[] outputs, int row, int decided)
    {
        foreach (var key in keys.Output)
        {
            switch (key)
            {
                case InferenceKeys.PredictedLabel:
                    writer.WriteString(key, model.Classes[decided]);
                    break;
                case InferenceKeys.Probability:
                    writer.WriteNumber(key, Probability(outputs, row, decided));
                    break;
                case InferenceKeys.Probabilities:
                    writer.WriteStartArray(key);
                    for (var label = 0; label < model.Classes.Count; label++)
                    {
                        writer.WriteNumberValue(Probability(outputs, row, label));
                    }

                    writer.WriteEndArray();
                    break;
                default:
                    writer.WriteStartArray(key);
                    foreach (var name in model.Classes)
                    {
                        writer.WriteStringValue(name);
                    }

                    writer.WriteEndArray();
                    break;
            }
        }
    }

    private float Probability(float[] outputs, int row, int label) => model.OutputCount > 1
        ? outputs[(row * model.OutputCount) + label]
        : label == 1 ? outputs[row] : 1 - outputs[row];

    private static string Number(float number) => number.ToString("R", CultureInfo.InvariantCulture);

    // As Python writes a list of strings.
    private static string Quote(string name) => $"'{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static string Cell(string text) => text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
