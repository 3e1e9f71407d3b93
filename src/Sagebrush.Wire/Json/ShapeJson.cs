using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Json;

/// <summary>Shapes to JSON bytes and back: for bodies on the wire and for documents in the store.</summary>
public static class ShapeJson
{
    private const int MaxDepth = 128;

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    /// <summary>Writes <paramref name="shape"/> as one JSON object.</summary>
    public static void Write(IShape shape, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, WriterOptions);
        new JsonShapeWriter(json).Write(shape);
    }

    /// <summary><paramref name="shape"/> as the bytes of one JSON object.</summary>
    public static byte[] Write(IShape shape)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        Write(shape, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads one JSON object into a new <typeparamref name="T"/>.</summary>
    /// <exception cref="SerializationException">It is not JSON, or not of that shape.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json)
        where T : class, IShape, new()
    {
        var shape = new T();
        Read(json, shape);
        return shape;
    }

    /// <summary>Reads one JSON object into <paramref name="shape"/>; no bytes at all stand for an empty object.</summary>
    /// <exception cref="SerializationException">It is not JSON, or not of that shape.</exception>
    public static void Read(ReadOnlyMemory<byte> json, IShape shape)
    {
        if (json.IsEmpty)
        {
            return;
        }

        using var document = Parse(json);
        new JsonShapeReader().Read(document.RootElement, shape);
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, ReaderOptions);
        }
        catch (JsonException e)
        {
            throw new SerializationException("The message is not valid JSON.", e);
        }
    }
}
