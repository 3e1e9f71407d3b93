using System.Formats.Cbor;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Cbor;

/// <summary>Reads shapes from CBOR, as Smithy's RPC v2 protocol has it. Members the model does not know are skipped.</summary>
internal sealed class CborShapeReader(CborReader cbor) : ShapeReader
{
    private const int MaxDepth = 128;

    public void Read(IShape shape) => ReadInto(null!, shape);

    public override string ReadString(Member member) => cbor.ReadTextString();

    public override bool ReadBoolean(Member member) => cbor.ReadBoolean();

    public override int ReadInteger(Member member) => checked((int)ReadWhole());

    public override long ReadLong(Member member) => ReadWhole();

    public override float ReadFloat(Member member) => (float)ReadNumber();

    public override double ReadDouble(Member member) => ReadNumber();

    public override DateTimeOffset ReadTimestamp(Member member)
    {
        if (cbor.PeekState() == CborReaderState.Tag && cbor.ReadTag() != CborTag.UnixTimeSeconds)
        {
            throw new SerializationException($"The timestamp at '{member.Name}' has the wrong tag.");
        }

        return Timestamps.FromEpochSeconds(ReadNumber());
    }

    public override byte[] ReadBlob(Member member) => cbor.ReadByteString();

    public override List<T> ReadList<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        // The announced length is the sender's word only: the list grows as elements come.
        var result = new List<T>();
        cbor.ReadStartArray();
        while (cbor.PeekState() != CborReaderState.EndArray)
        {
            result.Add(element(this, member.Element!));
        }

        cbor.ReadEndArray();
        return result;
    }

    public override Dictionary<string, T> ReadMap<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        var result = new Dictionary<string, T>(StringComparer.Ordinal);
        cbor.ReadStartMap();
        while (cbor.PeekState() != CborReaderState.EndMap)
        {
            var key = cbor.ReadTextString();
            if (!SkipNull())
            {
                result[key] = element(this, member.Value!);
            }
        }

        cbor.ReadEndMap();
        return result;
    }

    protected override void ReadInto(Member member, IShape shape)
    {
        if (cbor.CurrentDepth > MaxDepth)
        {
            throw new SerializationException("The message nests too deep.");
        }

        cbor.ReadStartMap();
        var expected = 0;
        while (cbor.PeekState() != CborReaderState.EndMap)
        {
            var index = IndexOf(shape.Schema, cbor.ReadTextString(), expected);
            if (index < 0)
            {
                cbor.SkipValue();
            }
            else if (!SkipNull())
            {
                shape.ReadMember(index, this);
                expected = index + 1;
            }
        }

        cbor.ReadEndMap();
    }

    private static int IndexOf(StructureSchema schema, string name, int expected)
    {
        for (var i = 0; i < schema.Members.Length; i++)
        {
            var at = (expected + i) % schema.Members.Length;
            if (schema[at].Name == name)
            {
                return at;
            }
        }

        return -1;
    }

    private bool SkipNull()
    {
        // Python's encoder writes None as null, JavaScript's as undefined.
        if (cbor.PeekState() is not (CborReaderState.Null or CborReaderState.SimpleValue))
        {
            return false;
        }

        cbor.SkipValue();
        return true;
    }

    private long ReadWhole()
    {
        if (cbor.PeekState() is CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger)
        {
            return cbor.ReadInt64();
        }

        var number = cbor.ReadDouble();
        return Math.Truncate(number) == number && Math.Abs(number) < 9e15
            ? (long)number
            : throw new SerializationException("A number with a fraction stands where a whole one is expected.");
    }

    private double ReadNumber() => cbor.PeekState() switch
    {
        CborReaderState.UnsignedInteger => cbor.ReadUInt64(),
        CborReaderState.NegativeInteger => cbor.ReadInt64(),
        _ => cbor.ReadDouble(),
    };
}
