using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sagebrush.Services.Hosting.Capture;

/// <summary>Writes captured records as SageMaker does: one JSON object per line, in a file per hour and flush.</summary>
/// <remarks>Format and key: the Developer Guide, "Capture Data from Real-time Endpoint".</remarks>
internal static class CaptureFile
{
    /// <summary>The key of a file below the destination: <c>ENDPOINT/VARIANT/yyyy/mm/dd/hh/mm-ss-fff-ID.jsonl</c>, by its first record's time.</summary>
    public static string Name(string endpoint, string variant, DateTimeOffset time) => string.Create(
        CultureInfo.InvariantCulture, $"{endpoint}/{variant}/{time.UtcDateTime:yyyy/MM/dd/HH/mm-ss-fff}-{Guid.NewGuid()}.jsonl");

    /// <summary>The lines of some records.</summary>
    public static byte[] Lines(IEnumerable<CaptureRecord> records, CaptureEncoding encoding)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var record in records)
        {
            using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
            {
                Write(json, record, encoding);
            }

            output.Write("\n"u8);
        }

        return output.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, CaptureRecord record, CaptureEncoding encoding)
    {
        json.WriteStartObject();
        json.WriteStartObject("captureData");
        WriteBody(json, "endpointInput", "INPUT", record.ContentType, record.Input, encoding);
        WriteBody(json, "endpointOutput", "OUTPUT", record.AnswerType, record.Output, encoding);
        json.WriteEndObject();
        json.WriteStartObject("eventMetadata");
        json.WriteString("eventId", Guid.NewGuid());
        if (record.CustomAttributes is { } attributes)
        {
            json.WriteStartArray("customAttributes");
            json.WriteStringValue(attributes);
            json.WriteEndArray();
        }

        if (record.InferenceId is { } inference)
        {
            json.WriteString("inferenceId", inference);
        }

        json.WriteString("inferenceTime", record.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteString("eventVersion", "0");
        json.WriteEndObject();
    }

    private static void WriteBody(Utf8JsonWriter json, string name, string mode, string? contentType, byte[]? body, CaptureEncoding encoding)
    {
        if (body is null)
        {
            return;
        }

        var kind = encoding.Of(contentType);
        json.WriteStartObject(name);
        json.WriteString("observedContentType", contentType ?? "");
        json.WriteString("mode", mode);
        if (kind == CaptureEncoding.Base64)
        {
            json.WriteBase64String("data", body);
        }
        else
        {
            json.WriteString("data", Encoding.UTF8.GetString(body));
        }

        json.WriteString("encoding", kind);
        json.WriteEndObject();
    }
}
