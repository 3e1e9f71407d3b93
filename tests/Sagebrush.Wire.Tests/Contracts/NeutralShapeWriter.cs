using System.Buffers;
using System.Globalization;
using System.Text.Json;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Tests.Contracts;

/// <summary>Writes a contract in a form of the tests' own, the same for every protocol, by which two of them are compared.</summary>
/// <remarks>
/// A JSON object by member names; what JSON cannot say is an object of one odd name: <c>{"$time": ms}</c>, <c>{"$blob": base64}</c>,
/// <c>{"$float": text}</c>. Missing required members, streamed bodies that are empty, and the length of
/// a body, which HTTP itself knows, are left out.
/// </remarks>
internal sealed class NeutralShapeWriter(Utf8JsonWriter json) : ShapeWriter
{
    public static string Write(IShape shape)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            shape.WriteMembers(new NeutralShapeWriter(json));
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public override void WriteString(Member member, string value)
    {
        Name(member);
        json.WriteStringValue(value);
    }

    public override void WriteBoolean(Member member, bool value)
    {
        Name(member);
        json.WriteBooleanValue(value);
    }

    public override void WriteInteger(Member member, int value)
    {
        Name(member);
        json.WriteNumberValue(value);
    }

    public override void WriteLong(Member member, long value)
    {
        if (member is { Location: MemberLocation.Header, WireName: "Content-Length" })
        {
            return;
        }

        Name(member);
        json.WriteNumberValue(value);
    }

    public override void WriteFloat(Member member, float value) => Tagged(member, "$float", value.ToString("R", CultureInfo.InvariantCulture));

    public override void WriteDouble(Member member, double value) => Tagged(member, "$float", value.ToString("R", CultureInfo.InvariantCulture));

    public override void WriteTimestamp(Member member, DateTimeOffset value)
    {
        Name(member);
        json.WriteStartObject();
        json.WriteNumber("$time", value.ToUnixTimeMilliseconds());
        json.WriteEndObject();
    }

    public override void WriteBlob(Member member, byte[] value) => Tagged(member, "$blob", Convert.ToBase64String(value));

    public override void WriteStream(Member member, Stream value)
    {
        using var copy = new MemoryStream();

        // Bodies on their way in can only be read asynchronously; here all of them are in memory.
        value.CopyToAsync(copy).GetAwaiter().GetResult();
        if (value.CanSeek)
        {
            value.Position = 0;
        }

        if (copy.Length > 0)
        {
            Tagged(member, "$blob", Convert.ToBase64String(copy.ToArray()));
        }
    }

    public override void WriteStructure(Member member, IShape value)
    {
        Name(member);
        json.WriteStartObject();
        value.WriteMembers(this);
        json.WriteEndObject();
    }

    public override void WriteList<T>(Member member, List<T> value, Action<ShapeWriter, Member, T> element)
    {
        Name(member);
        json.WriteStartArray();
        foreach (var item in value)
        {
            element(this, member.Element!, item);
        }

        json.WriteEndArray();
    }

    public override void WriteMap<T>(Member member, Dictionary<string, T> value, Action<ShapeWriter, Member, T> element)
    {
        Name(member);
        json.WriteStartObject();
        foreach (var (key, item) in value.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            json.WritePropertyName(key);
            element(this, member.Value!, item);
        }

        json.WriteEndObject();
    }

    private void Tagged(Member member, string tag, string value)
    {
        Name(member);
        json.WriteStartObject();
        json.WriteString(tag, value);
        json.WriteEndObject();
    }

    private void Name(Member member)
    {
        if (!member.IsElement)
        {
            json.WritePropertyName(member.Name);
        }
    }
}
