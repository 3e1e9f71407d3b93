using System.Xml.Linq;

using Sagebrush.Wire.Http;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Xml;

/// <summary>Reads shapes from XML. Elements are matched by local name, as AWS does, and unknown ones are skipped.</summary>
public sealed class XmlShapeReader : ShapeReader
{
    private XElement _current;
    private IReadOnlyList<XElement> _siblings = [];

    /// <summary>Stands at <paramref name="root"/>.</summary>
    public XmlShapeReader(XElement root) => _current = root;

    /// <summary>Reads the element's children into <paramref name="shape"/>.</summary>
    public void Read(IShape shape) => ReadElement(shape);

    /// <inheritdoc/>
    public override string ReadString(Member member) => Text();

    /// <inheritdoc/>
    public override bool ReadBoolean(Member member) => TextValue.Boolean(member, Text().Trim());

    /// <inheritdoc/>
    public override int ReadInteger(Member member) => TextValue.Integer(member, Text().Trim());

    /// <inheritdoc/>
    public override long ReadLong(Member member) => TextValue.Long(member, Text().Trim());

    /// <inheritdoc/>
    public override float ReadFloat(Member member) => (float)TextValue.Double(member, Text().Trim());

    /// <inheritdoc/>
    public override double ReadDouble(Member member) => TextValue.Double(member, Text().Trim());

    /// <inheritdoc/>
    public override DateTimeOffset ReadTimestamp(Member member) => Timestamps.Parse(Text().Trim());

    /// <inheritdoc/>
    public override byte[] ReadBlob(Member member) => TextValue.Blob(member, Text().Trim());

    /// <inheritdoc/>
    public override List<T> ReadList<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        ArgumentNullException.ThrowIfNull(element);
        var item = member.Element!;
        var list = _current;
        var elements = member.Flattened ? _siblings : [.. list.Elements().Where(e => e.Name.LocalName == item.WireName)];
        var result = new List<T>(elements.Count);
        foreach (var entry in elements)
        {
            _current = entry;
            result.Add(element(this, item));
        }

        _current = list;
        return result;
    }

    /// <inheritdoc/>
    public override Dictionary<string, T> ReadMap<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        ArgumentNullException.ThrowIfNull(element);
        var map = _current;
        var result = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var entry in member.Flattened ? _siblings : map.Elements())
        {
            var key = Child(entry, member.Key!.WireName);
            var value = Child(entry, member.Value!.WireName);
            if (key is not null && value is not null)
            {
                _current = value;
                result[key.Value] = element(this, member.Value!);
            }
        }

        _current = map;
        return result;
    }

    /// <inheritdoc/>
    protected override void ReadInto(Member member, IShape shape) => ReadElement(shape);

    private static XElement? Child(XElement parent, string name) => parent.Elements().FirstOrDefault(e => e.Name.LocalName == name);

    private string Text()
    {
        if (_current.HasElements)
        {
            throw new SerializationException($"Text expected in the element '{_current.Name.LocalName}', elements found.");
        }

        return _current.Value;
    }

    private void ReadElement(IShape shape)
    {
        var parent = _current;
        var byName = parent.Elements().GroupBy(e => e.Name.LocalName).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        for (var i = 0; i < shape.Schema.Members.Length; i++)
        {
            var member = shape.Schema[i];
            if (member.Location != MemberLocation.Body)
            {
                continue;
            }

            if (member.XmlAttribute)
            {
                ReadAttribute(parent, member, shape, i);
                continue;
            }

            var name = member is { Flattened: true, Element.LocationName: { } element } ? element : member.WireName;
            if (byName.TryGetValue(name, out var found))
            {
                _current = found[0];
                _siblings = found;
                shape.ReadMember(i, this);
            }
        }

        _current = parent;
    }

    private void ReadAttribute(XElement parent, Member member, IShape shape, int index)
    {
        var local = member.WireName[(member.WireName.IndexOf(':', StringComparison.Ordinal) + 1)..];
        if (parent.Attributes().FirstOrDefault(a => a.Name.LocalName == local) is { } attribute)
        {
            _current = new XElement(local, attribute.Value);
            shape.ReadMember(index, this);
            _current = parent;
        }
    }
}
