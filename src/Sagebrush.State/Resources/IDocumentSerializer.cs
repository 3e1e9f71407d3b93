using System.Buffers;

namespace Sagebrush.State.Resources;

/// <summary>Turns a kind's document into bytes and back.</summary>
public interface IDocumentSerializer<TDocument>
{
    /// <summary>Writes a document.</summary>
    void Write(TDocument document, IBufferWriter<byte> output);

    /// <summary>Reads what <see cref="Write"/> wrote, this version of the program or an older one.</summary>
    TDocument Read(ReadOnlySpan<byte> body);
}
