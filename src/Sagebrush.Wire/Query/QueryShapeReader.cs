using Sagebrush.Wire.Http;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Query;

/// <summary>Reads shapes from the form fields of the Query protocol, such as <c>Tags.member.1.Key=a</c>.</summary>
public sealed class QueryShapeReader : ShapeReader
{
    private FormNode _current;

    /// <summary>Stands at the root of <paramref name="form"/>.</summary>
    public QueryShapeReader(FormNode form) => _current = form;

    /// <summary>Reads the fields into <paramref name="shape"/>.</summary>
    public void Read(IShape shape) => ReadNode(shape);

    /// <inheritdoc/>
    public override string ReadString(Member member) => Text();

    /// <inheritdoc/>
    public override bool ReadBoolean(Member member) => TextValue.Boolean(member, Text());

    /// <inheritdoc/>
    public override int ReadInteger(Member member) => TextValue.Integer(member, Text());

    /// <inheritdoc/>
    public override long ReadLong(Member member) => TextValue.Long(member, Text());

    /// <inheritdoc/>
    public override float ReadFloat(Member member) => (float)TextValue.Double(member, Text());

    /// <inheritdoc/>
    public override double ReadDouble(Member member) => TextValue.Double(member, Text());

    /// <inheritdoc/>
    public override DateTimeOffset ReadTimestamp(Member member) => Timestamps.Parse(Text());

    /// <inheritdoc/>
    public override byte[] ReadBlob(Member member) => TextValue.Blob(member, Text());

    /// <inheritdoc/>
    public override List<T> ReadList<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        ArgumentNullException.ThrowIfNull(element);
        var node = _current;
        var items = member.Flattened ? node : node.Child(member.Element!.WireName);
        var result = new List<T>();
        foreach (var item in items?.Numbered() ?? [])
        {
            _current = item;
            result.Add(element(this, member.Element!));
        }

        _current = node;
        return result;
    }

    /// <inheritdoc/>
    public override Dictionary<string, T> ReadMap<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        ArgumentNullException.ThrowIfNull(element);
        var node = _current;
        var entries = member.Flattened ? node : node.Child("entry");
        var result = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var entry in entries?.Numbered() ?? [])
        {
            if (entry.Child(member.Key!.WireName)?.Value is { } key && entry.Child(member.Value!.WireName) is { } value)
            {
                _current = value;
                result[key] = element(this, member.Value!);
            }
        }

        _current = node;
        return result;
    }

    /// <inheritdoc/>
    protected override void ReadInto(Member member, IShape shape) => ReadNode(shape);

    private string Text() => _current.Value ?? throw new SerializationException("A field holds parts where a value is expected.");

    private void ReadNode(IShape shape)
    {
        var node = _current;
        for (var i = 0; i < shape.Schema.Members.Length; i++)
        {
            var member = shape.Schema[i];
            var name = member is { Flattened: true, Element.LocationName: { } element } ? element : member.WireName;
            if (node.Child(name) is { } child)
            {
                _current = child;
                shape.ReadMember(i, this);
            }
        }

        _current = node;
    }
}
