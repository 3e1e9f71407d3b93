namespace Sagebrush.Wire.Schema;

/// <summary>Yields the value a codec stands at; each protocol is a subclass.</summary>
/// <remarks>A value of the wrong type raises <see cref="SerializationException"/>, which clients see as AWS's error of that name.</remarks>
public abstract class ShapeReader
{
    /// <summary>Reads a string or an enumeration's value.</summary>
    public abstract string ReadString(Member member);

    /// <summary>Reads a boolean.</summary>
    public abstract bool ReadBoolean(Member member);

    /// <summary>Reads a 32-bit integer.</summary>
    public abstract int ReadInteger(Member member);

    /// <summary>Reads a 64-bit integer.</summary>
    public abstract long ReadLong(Member member);

    /// <summary>Reads a 32-bit floating-point number.</summary>
    public abstract float ReadFloat(Member member);

    /// <summary>Reads a 64-bit floating-point number.</summary>
    public abstract double ReadDouble(Member member);

    /// <summary>Reads an instant.</summary>
    public abstract DateTimeOffset ReadTimestamp(Member member);

    /// <summary>Reads bytes.</summary>
    public abstract byte[] ReadBlob(Member member);

    /// <summary>Reads a streamed body; only HTTP bindings can.</summary>
    public virtual Stream ReadStream(Member member) =>
        throw new NotSupportedException($"A streamed member ({member?.Name}) travels only as an HTTP body.");

    /// <summary>Reads a nested structure into <paramref name="shape"/> and returns it.</summary>
    public T ReadStructure<T>(Member member, T shape)
        where T : class, IShape
    {
        ReadInto(member, shape);
        return shape;
    }

    /// <summary>Reads a list; <paramref name="element"/> reads one element.</summary>
    public abstract List<T> ReadList<T>(Member member, Func<ShapeReader, Member, T> element);

    /// <summary>Reads a map; <paramref name="element"/> reads one value.</summary>
    public abstract Dictionary<string, T> ReadMap<T>(Member member, Func<ShapeReader, Member, T> element);

    /// <summary>Reads a nested structure into <paramref name="shape"/>.</summary>
    protected abstract void ReadInto(Member member, IShape shape);
}
