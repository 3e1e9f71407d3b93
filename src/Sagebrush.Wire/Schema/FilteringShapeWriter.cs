namespace Sagebrush.Wire.Schema;

/// <summary>Passes the members of one structure that a condition lets through on to another writer.</summary>
/// <remarks>Only the structure's own members are filtered; what lies deeper goes to the other writer whole.</remarks>
public sealed class FilteringShapeWriter(ShapeWriter next, Predicate<Member> passes) : ShapeWriter
{
    /// <inheritdoc/>
    public override void WriteString(Member member, string value)
    {
        if (passes(member))
        {
            next.WriteString(member, value);
        }
    }

    /// <inheritdoc/>
    public override void WriteBoolean(Member member, bool value)
    {
        if (passes(member))
        {
            next.WriteBoolean(member, value);
        }
    }

    /// <inheritdoc/>
    public override void WriteInteger(Member member, int value)
    {
        if (passes(member))
        {
            next.WriteInteger(member, value);
        }
    }

    /// <inheritdoc/>
    public override void WriteLong(Member member, long value)
    {
        if (passes(member))
        {
            next.WriteLong(member, value);
        }
    }

    /// <inheritdoc/>
    public override void WriteFloat(Member member, float value)
    {
        if (passes(member))
        {
            next.WriteFloat(member, value);
        }
    }

    /// <inheritdoc/>
    public override void WriteDouble(Member member, double value)
    {
        if (passes(member))
        {
            next.WriteDouble(member, value);
        }
    }

    /// <inheritdoc/>
    public override void WriteTimestamp(Member member, DateTimeOffset value)
    {
        if (passes(member))
        {
            next.WriteTimestamp(member, value);
        }
    }

    /// <inheritdoc/>
    public override void WriteBlob(Member member, byte[] value)
    {
        if (passes(member))
        {
            next.WriteBlob(member, value);
        }
    }

    /// <inheritdoc/>
    public override void WriteStream(Member member, Stream value)
    {
        if (passes(member))
        {
            next.WriteStream(member, value);
        }
    }

    /// <inheritdoc/>
    public override void WriteStructure(Member member, IShape value)
    {
        if (passes(member))
        {
            next.WriteStructure(member, value);
        }
    }

    /// <inheritdoc/>
    public override void WriteList<T>(Member member, List<T> value, Action<ShapeWriter, Member, T> element)
    {
        if (passes(member))
        {
            next.WriteList(member, value, element);
        }
    }

    /// <inheritdoc/>
    public override void WriteMap<T>(Member member, Dictionary<string, T> value, Action<ShapeWriter, Member, T> element)
    {
        if (passes(member))
        {
            next.WriteMap(member, value, element);
        }
    }
}
