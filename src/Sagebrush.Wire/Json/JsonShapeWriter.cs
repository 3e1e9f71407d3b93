using System.Text.Json;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Json;

/// <summary>Writes shapes as AWS JSON.</summary>
public sealed class JsonShapeWriter(Utf8JsonWriter json) : ShapeWriter
{
    /// <summary>Writes <paramref name="shape"/> as one JSON object.</summary>
    public void Write(IShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        json.WriteStartObject();
        shape.WriteMembers(this);
        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public override void WriteString(Member member, string value)
    {
        Name(member);
        json.WriteStringValue(value);
    }

    /// <inheritdoc/>
    public override void WriteBoolean(Member member, bool value)
    {
        Name(member);
        json.WriteBooleanValue(value);
    }

    /// <inheritdoc/>
    public override void WriteInteger(Member member, int value)
    {
        Name(member);
        json.WriteNumberValue(value);
    }

    /// <inheritdoc/>
    public override void WriteLong(Member member, long value)
    {
        Name(member);
        json.WriteNumberValue(value);
    }

    /// <inheritdoc/>
    public override void WriteFloat(Member member, float value)
    {
        Name(member);
        if (float.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(NonFinite(value));
        }
    }

    /// <inheritdoc/>
    public override void WriteDouble(Member member, double value)
    {
        Name(member);
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(NonFinite(value));
        }
    }

    /// <inheritdoc/>
    public override void WriteTimestamp(Member member, DateTimeOffset value)
    {
        Name(member);
        if (member.TimestampFormat is TimestampFormat.Default or TimestampFormat.EpochSeconds)
        {
            json.WriteNumberValue(Timestamps.EpochSeconds(value));
        }
        else
        {
            json.WriteStringValue(Timestamps.Format(value, member.TimestampFormat, TimestampFormat.EpochSeconds));
        }
    }

    /// <inheritdoc/>
    public override void WriteBlob(Member member, byte[] value)
    {
        Name(member);
        json.WriteBase64StringValue(value);
    }

    /// <inheritdoc/>
    public override void WriteStructure(Member member, IShape value)
    {
        Name(member);
        Write(value);
    }

    /// <inheritdoc/>
    public override void WriteList<T>(Member member, List<T> value, Action<ShapeWriter, Member, T> element)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(element);
        Name(member);
        json.WriteStartArray();
        foreach (var item in value)
        {
            element(this, member.Element!, item);
        }

        json.WriteEndArray();
    }

    /// <inheritdoc/>
    public override void WriteMap<T>(Member member, Dictionary<string, T> value, Action<ShapeWriter, Member, T> element)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(element);
        Name(member);
        json.WriteStartObject();
        foreach (var (key, item) in value)
        {
            json.WritePropertyName(key);
            element(this, member.Value!, item);
        }

        json.WriteEndObject();
    }

    private static string NonFinite(double value) =>
        double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private void Name(Member member)
    {
        if (!member.IsElement)
        {
            json.WritePropertyName(member.JsonName);
        }
    }
}
