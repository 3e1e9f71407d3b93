using System.Buffers;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.RecordIO;

namespace Sagebrush.Algorithms.Formats;

/// <summary>Answers requests for models of SageMaker's own tabular algorithms: CSV, JSON, JSON lines and RecordIO-protobuf in and out.</summary>
/// <param name="featureCount">Features per row.</param>
/// <param name="layout">The form of the answers.</param>
/// <param name="verboseLayout">The form of answers to requests that accept a type with <c>verbose=true</c>; null when there is no other.
/// It begins with the parts of the usual form.</param>
internal abstract class TabularInference(int featureCount, AnswerLayout layout, AnswerLayout? verboseLayout = null) : IInferenceModel
{
    /// <inheritdoc/>
    public string Predict(ReadOnlySpan<byte> body, string? contentType, string? accept, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var input = string.IsNullOrEmpty(contentType) ? DefaultInput : TabularMediaTypes.Input(contentType);
        var type = TabularMediaTypes.Answer(accept);
        var rows = new RowBuffer(featureCount);
        try
        {
            switch (input)
            {
                case InferenceMediaTypes.Csv:
                    InferenceRows.ReadCsv(body, ref rows);
                    break;
                case TabularMediaTypes.RecordIo:
                    ReadRecords(body, ref rows);
                    break;
                default:
                    InferenceJson.Read(body, input == InferenceMediaTypes.JsonLines, ref rows);
                    break;
            }

            if (!AllowsMissing)
            {
                Check(rows.Values);
            }

            var isVerbose = verboseLayout is not null && accept is not null
                && (accept.Contains("verbose=true", StringComparison.OrdinalIgnoreCase) || accept.EndsWith(";verbose", StringComparison.OrdinalIgnoreCase));
            var chosen = isVerbose ? verboseLayout! : layout;
            var answers = new float[checked(rows.Count * chosen.Width)];
            Predict(rows.Values, rows.Count, answers);
            AnswerWriter.Write(chosen, answers, type, output);
            return type;
        }
        finally
        {
            rows.Return();
        }
    }

    /// <summary>Whether features may be missing.</summary>
    protected virtual bool AllowsMissing => false;

    /// <summary>The type of a body that names none.</summary>
    protected virtual string DefaultInput => TabularMediaTypes.RecordIo;

    /// <summary>Answers rows.</summary>
    /// <param name="rows">Features, row after row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="answers">Receives the parts of the layout, row after row; its length tells which layout it is.</param>
    protected abstract void Predict(ReadOnlySpan<float> rows, int count, Span<float> answers);

    private void Check(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new InferenceInputException(
                    400, $"Row {(i / featureCount) + 1}, feature {(i % featureCount) + 1} is missing or not finite; the model needs a number there.");
            }
        }
    }

    private static void ReadRecords(ReadOnlySpan<byte> body, scoped ref RowBuffer rows)
    {
        try
        {
            using var records = new RecordIoReader(new MemoryStream(body.ToArray()), "body", Math.Clamp(body.Length, 64, 1 << 20));
            while (records.TryRead(out var bytes))
            {
                var record = new RecordView(bytes);
                if (!record.HasFeatures)
                {
                    throw InferenceRows.Unreadable("recordio-protobuf", rows.Count, "it has no feature named 'values'");
                }

                var features = record.Features;
                var row = rows.Next();
                if (features.IsSparse)
                {
                    var keys = new int[features.Count];
                    var values = new float[features.Count];
                    features.CopyKeys(keys, row.Length);
                    features.CopyValues(values);
                    row.Clear();
                    for (var i = 0; i < keys.Length; i++)
                    {
                        row[keys[i]] = values[i];
                    }
                }
                else if (features.Count != row.Length)
                {
                    throw new InferenceInputException(
                        400, $"Row {rows.Count + 1} has {features.Count} features; the model was trained on {rows.FeatureCount}.");
                }
                else
                {
                    features.CopyValues(row);
                }

                rows.Commit();
            }
        }
        catch (Exception e) when (e is FormatException or TableFormatException)
        {
            throw InferenceRows.Unreadable("recordio-protobuf", rows.Count, e.Message.TrimEnd('.'));
        }

        if (rows.Count == 0)
        {
            throw new InferenceInputException(400, "The request holds no rows.");
        }
    }
}
