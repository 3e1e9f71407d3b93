namespace Sagebrush.Wire.Schema;

/// <summary>Receives the members of a shape one by one; each protocol is a subclass.</summary>
public abstract class ShapeWriter
{
    /// <summary>Writes a string or an enumeration's value.</summary>
    public abstract void WriteString(Member member, string value);

    /// <summary>Writes a boolean.</summary>
    public abstract void WriteBoolean(Member member, bool value);

    /// <summary>Writes a 32-bit integer.</summary>
    public abstract void WriteInteger(Member member, int value);

    /// <summary>Writes a 64-bit integer.</summary>
    public abstract void WriteLong(Member member, long value);

    /// <summary>Writes a 32-bit floating-point number.</summary>
    public abstract void WriteFloat(Member member, float value);

    /// <summary>Writes a 64-bit floating-point number.</summary>
    public abstract void WriteDouble(Member member, double value);

    /// <summary>Writes an instant.</summary>
    public abstract void WriteTimestamp(Member member, DateTimeOffset value);

    /// <summary>Writes bytes.</summary>
    public abstract void WriteBlob(Member member, byte[] value);

    /// <summary>Writes a streamed body; only HTTP bindings can.</summary>
    public virtual void WriteStream(Member member, Stream value) =>
        throw new NotSupportedException($"A streamed member ({member?.Name}) travels only as an HTTP body.");

    /// <summary>Writes a nested structure.</summary>
    public abstract void WriteStructure(Member member, IShape value);

    /// <summary>Writes a list; <paramref name="element"/> writes one element under the list's element member.</summary>
    public abstract void WriteList<T>(Member member, List<T> value, Action<ShapeWriter, Member, T> element);

    /// <summary>Writes a map; <paramref name="element"/> writes one value under the map's value member.</summary>
    public abstract void WriteMap<T>(Member member, Dictionary<string, T> value, Action<ShapeWriter, Member, T> element);

    /// <summary>Told of a required member that is not set.</summary>
    public virtual void WriteMissing(Member member)
    {
    }
}
