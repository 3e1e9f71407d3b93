using System.Formats.Cbor;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Cbor;

/// <summary>Shapes to CBOR bytes and back.</summary>
public static class ShapeCbor
{
    /// <summary><paramref name="shape"/> as the bytes of one CBOR map.</summary>
    public static byte[] Write(IShape shape)
    {
        var cbor = new CborWriter(CborConformanceMode.Lax);
        new CborShapeWriter(cbor).Write(shape);
        return cbor.Encode();
    }

    /// <summary>Reads one CBOR map into <paramref name="shape"/>; no bytes at all stand for an empty map.</summary>
    /// <exception cref="SerializationException">It is not CBOR, or not of that shape.</exception>
    public static void Read(ReadOnlyMemory<byte> cbor, IShape shape)
    {
        if (cbor.IsEmpty)
        {
            return;
        }

        try
        {
            new CborShapeReader(new CborReader(cbor, CborConformanceMode.Lax)).Read(shape);
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException)
        {
            // The reader's way of saying: malformed, of another type, and out of range.
            throw new SerializationException("The message is not valid CBOR, or a value has the wrong type.", e);
        }
    }
}
