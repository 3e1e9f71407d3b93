using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Documents;

/// <summary>Stores a document of our own as JSON.</summary>
internal sealed class JsonDocumentSerializer<TDocument>(JsonTypeInfo<TDocument> type) : IDocumentSerializer<TDocument>
{
    public void Write(TDocument document, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        JsonSerializer.Serialize(json, document, type);
    }

    public TDocument Read(ReadOnlySpan<byte> body) =>
        JsonSerializer.Deserialize(body, type) ?? throw new JsonException("A stored document is null.");
}
