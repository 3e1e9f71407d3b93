using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>Writes predictions with explanations in SageMaker's form, version 1.0.</summary>
internal static class ExplanationWriter
{
    /// <summary>Leaves letters as they are: nothing of it goes into a page.</summary>
    public static JsonSerializerOptions Strings { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="output">Where the answer goes.</param>
    /// <param name="contentType">What the model's answer is.</param>
    /// <param name="data">The model's answer.</param>
    /// <param name="labels">The names of the classes, if known.</param>
    /// <param name="headers">The names of the features, if known.</param>
    /// <param name="types">What the features are, when texts are explained.</param>
    /// <param name="explanations">For each record its features' values; null for one that is not explained.</param>
    public static void Write(
        IBufferWriter<byte> output,
        string contentType,
        string data,
        IReadOnlyList<string>? labels,
        IReadOnlyList<string>? headers,
        IReadOnlyList<string>? types,
        IReadOnlyList<IReadOnlyList<FeatureAttributions>?> explanations)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteStartObject("predictions");
        json.WriteString("content_type", contentType);
        json.WriteString("data", data);
        json.WriteEndObject();
        if (labels is not null)
        {
            json.WriteStartArray("label_headers");
            foreach (var label in labels)
            {
                json.WriteStringValue(label);
            }

            json.WriteEndArray();
        }

        json.WriteStartObject("explanations");
        if (explanations.Any(explanation => explanation is not null))
        {
            json.WriteStartArray("kernel_shap");
            foreach (var explanation in explanations)
            {
                WriteRecord(json, explanation, headers, types);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteRecord(
        Utf8JsonWriter json, IReadOnlyList<FeatureAttributions>? features, IReadOnlyList<string>? headers, IReadOnlyList<string>? types)
    {
        if (features is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartArray();
        for (var feature = 0; feature < features.Count; feature++)
        {
            json.WriteStartObject();
            json.WriteStartArray("attributions");
            for (var i = 0; i < features[feature].Values.Count; i++)
            {
                WriteAttribution(json, features[feature].Values[i], features[feature].Units?[i]);
            }

            json.WriteEndArray();
            if (headers is not null)
            {
                json.WriteString("feature_header", headers[feature]);
            }

            if (types is not null)
            {
                json.WriteString("feature_type", types[feature]);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteAttribution(Utf8JsonWriter json, double[] values, TextUnit? unit)
    {
        json.WriteStartObject();
        json.WriteStartArray("attribution");
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
        if (unit is { } part)
        {
            json.WriteStartObject("description");
            json.WriteString("partial_text", part.Text);
            json.WriteNumber("start_idx", part.StartIndex);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
