using System.Formats.Cbor;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Cbor;

/// <summary>Writes shapes as CBOR, as Smithy's RPC v2 protocol has it.</summary>
internal sealed class CborShapeWriter(CborWriter cbor) : ShapeWriter
{
    public void Write(IShape shape)
    {
        // Of indefinite length: how many members are set shows only while they are written.
        cbor.WriteStartMap(null);
        shape.WriteMembers(this);
        cbor.WriteEndMap();
    }

    public override void WriteString(Member member, string value)
    {
        Name(member);
        cbor.WriteTextString(value);
    }

    public override void WriteBoolean(Member member, bool value)
    {
        Name(member);
        cbor.WriteBoolean(value);
    }

    public override void WriteInteger(Member member, int value)
    {
        Name(member);
        cbor.WriteInt32(value);
    }

    public override void WriteLong(Member member, long value)
    {
        Name(member);
        cbor.WriteInt64(value);
    }

    public override void WriteFloat(Member member, float value)
    {
        Name(member);
        cbor.WriteSingle(value);
    }

    public override void WriteDouble(Member member, double value)
    {
        Name(member);
        cbor.WriteDouble(value);
    }

    public override void WriteTimestamp(Member member, DateTimeOffset value)
    {
        Name(member);
        cbor.WriteTag(CborTag.UnixTimeSeconds);
        cbor.WriteDouble((double)Timestamps.EpochSeconds(value));
    }

    public override void WriteBlob(Member member, byte[] value)
    {
        Name(member);
        cbor.WriteByteString(value);
    }

    public override void WriteStructure(Member member, IShape value)
    {
        Name(member);
        Write(value);
    }

    public override void WriteList<T>(Member member, List<T> value, Action<ShapeWriter, Member, T> element)
    {
        Name(member);
        cbor.WriteStartArray(value.Count);
        foreach (var item in value)
        {
            element(this, member.Element!, item);
        }

        cbor.WriteEndArray();
    }

    public override void WriteMap<T>(Member member, Dictionary<string, T> value, Action<ShapeWriter, Member, T> element)
    {
        Name(member);
        cbor.WriteStartMap(value.Count);
        foreach (var (key, item) in value)
        {
            cbor.WriteTextString(key);
            element(this, member.Value!, item);
        }

        cbor.WriteEndMap();
    }

    private void Name(Member member)
    {
        if (!member.IsElement)
        {
            cbor.WriteTextString(member.Name);
        }
    }
}
