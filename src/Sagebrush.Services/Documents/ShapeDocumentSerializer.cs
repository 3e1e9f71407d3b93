using System.Buffers;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Json;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Documents;

/// <summary>Stores a contract as a resource's document, in the JSON its service speaks.</summary>
internal sealed class ShapeDocumentSerializer<TShape> : IDocumentSerializer<TShape>
    where TShape : class, IShape, new()
{
    public void Write(TShape document, IBufferWriter<byte> output) => ShapeJson.Write(document, output);

    public TShape Read(ReadOnlySpan<byte> body) => ShapeJson.Read<TShape>(body.ToArray());
}
