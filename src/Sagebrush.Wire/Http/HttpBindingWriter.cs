using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Http;

/// <summary>Writes the members of a response that travel in its headers and status, and keeps hold of its payload.</summary>
internal sealed class HttpBindingWriter(HttpResponse response) : ShapeWriter
{
    /// <summary>The streamed payload, if the response has one.</summary>
    public Stream? PayloadStream { get; private set; }

    /// <summary>The payload held in memory, if the response has one.</summary>
    public byte[]? PayloadBytes { get; private set; }

    /// <summary>The structured payload and its member, if the response has one.</summary>
    public (Member Member, IShape Shape)? PayloadShape { get; private set; }

    public override void WriteString(Member member, string value)
    {
        if (member.Location == MemberLocation.Body)
        {
            PayloadBytes = System.Text.Encoding.UTF8.GetBytes(value);
        }
        else
        {
            Header(member, value);
        }
    }

    public override void WriteBoolean(Member member, bool value) => Header(member, TextValue.Format(value));

    public override void WriteInteger(Member member, int value)
    {
        if (member.Location == MemberLocation.StatusCode)
        {
            response.StatusCode = value;
        }
        else
        {
            Header(member, TextValue.Format(value));
        }
    }

    public override void WriteLong(Member member, long value) => Header(member, TextValue.Format(value));

    public override void WriteFloat(Member member, float value) => Header(member, TextValue.Format(value));

    public override void WriteDouble(Member member, double value) => Header(member, TextValue.Format(value));

    public override void WriteTimestamp(Member member, DateTimeOffset value) =>
        Header(member, Timestamps.Format(value, member.TimestampFormat, TimestampFormat.HttpDate));

    public override void WriteBlob(Member member, byte[] value) => PayloadBytes = value;

    public override void WriteStream(Member member, Stream value) => PayloadStream = value;

    public override void WriteStructure(Member member, IShape value)
    {
        if (member.Location == MemberLocation.Body)
        {
            PayloadShape = (member, value);
        }
    }

    public override void WriteList<T>(Member member, List<T> value, Action<ShapeWriter, Member, T> element)
    {
        if (member.Location == MemberLocation.Header)
        {
            Header(member, string.Join(", ", value));
        }
    }

    public override void WriteMap<T>(Member member, Dictionary<string, T> value, Action<ShapeWriter, Member, T> element)
    {
        if (member.Location == MemberLocation.Headers)
        {
            foreach (var (key, item) in value)
            {
                response.Headers[member.WireName + key] = Checked(item?.ToString());
            }
        }
    }

    private void Header(Member member, string value)
    {
        if (member.Location == MemberLocation.Header)
        {
            response.Headers[member.WireName] = Checked(value);
        }
    }

    // Some headers say what the caller asked them to say, such as a download's name in a presigned URL.
    private static string? Checked(string? value) => value.AsSpan().ContainsAnyInRange('\0', '\x1f') || value.AsSpan().Contains('\x7f')
        ? throw new ServiceException("InvalidArgument", "A header of the answer would hold a control character.")
        : value;
}
