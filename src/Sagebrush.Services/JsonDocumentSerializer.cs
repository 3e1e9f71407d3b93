using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using Sagebrush.State.Resources;

namespace Sagebrush.Services;

/// <summary>Keeps documents as JSON, by source-generated metadata.</summary>
internal sealed class JsonDocumentSerializer<TDocument>(JsonTypeInfo<TDocument> type) : IDocumentSerializer<TDocument>
{
    public void Write(TDocument document, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output);
        JsonSerializer.Serialize(writer, document, type);
    }

    public TDocument Read(ReadOnlySpan<byte> body) => JsonSerializer.Deserialize(body, type)!;
}
