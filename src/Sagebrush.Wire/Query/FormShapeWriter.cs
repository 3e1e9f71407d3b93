using System.Text;

using Sagebrush.Wire.Http;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Query;

/// <summary>Writes a contract as the fields of a Query request: the client's side of the protocol.</summary>
public sealed class FormShapeWriter : ShapeWriter
{
    private readonly StringBuilder _form = new();
    private string _prefix = "";

    /// <summary>The fields of a request, escaped, without <c>Action</c> and <c>Version</c>.</summary>
    public static byte[] Write(IShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var writer = new FormShapeWriter();
        shape.WriteMembers(writer);
        return Encoding.UTF8.GetBytes(writer._form.ToString());
    }

    /// <inheritdoc/>
    public override void WriteString(Member member, string value) => Field(member, value);

    /// <inheritdoc/>
    public override void WriteBoolean(Member member, bool value) => Field(member, TextValue.Format(value));

    /// <inheritdoc/>
    public override void WriteInteger(Member member, int value) => Field(member, TextValue.Format(value));

    /// <inheritdoc/>
    public override void WriteLong(Member member, long value) => Field(member, TextValue.Format(value));

    /// <inheritdoc/>
    public override void WriteFloat(Member member, float value) => Field(member, TextValue.Format(value));

    /// <inheritdoc/>
    public override void WriteDouble(Member member, double value) => Field(member, TextValue.Format(value));

    /// <inheritdoc/>
    public override void WriteTimestamp(Member member, DateTimeOffset value) =>
        Field(member, Timestamps.Format(value, member.TimestampFormat, TimestampFormat.Iso8601));

    /// <inheritdoc/>
    public override void WriteBlob(Member member, byte[] value) => Field(member, Convert.ToBase64String(value));

    /// <inheritdoc/>
    public override void WriteStructure(Member member, IShape value) => Within(Name(member), () => value.WriteMembers(this));

    /// <inheritdoc/>
    public override void WriteList<T>(Member member, List<T> value, Action<ShapeWriter, Member, T> element)
    {
        var name = member.Flattened ? member.Element!.LocationName ?? Name(member) : $"{Name(member)}.{member.Element!.WireName}";
        foreach (var (index, item) in value.Index())
        {
            Within(member.IsElement ? "" : $"{name}.{index + 1}", () => element(this, member.Element!, item));
        }
    }

    /// <inheritdoc/>
    public override void WriteMap<T>(Member member, Dictionary<string, T> value, Action<ShapeWriter, Member, T> element)
    {
        var name = member.Flattened ? Name(member) : $"{Name(member)}.entry";
        foreach (var (index, (key, item)) in value.Index())
        {
            Within($"{name}.{index + 1}.{member.Key!.WireName}", () => WriteString(member.Key!, key));
            Within($"{name}.{index + 1}.{member.Value!.WireName}", () => element(this, member.Value!, item));
        }
    }

    private static string Name(Member member) => member.IsElement ? "" : member.WireName;

    private void Field(Member member, string value) => Within(Name(member), () =>
        _form.Append(_form.Length > 0 ? "&" : "").Append(Uri.EscapeDataString(_prefix)).Append('=').Append(Uri.EscapeDataString(value)));

    private void Within(string name, Action write)
    {
        var outer = _prefix;
        _prefix = outer.Length == 0 ? name : name.Length == 0 ? outer : $"{outer}.{name}";
        write();
        _prefix = outer;
    }
}
