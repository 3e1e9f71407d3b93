using System.Xml;

using Sagebrush.Wire.Http;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Xml;

/// <summary>Writes shapes as the XML of REST-XML and Query answers.</summary>
public sealed class XmlShapeWriter(XmlWriter xml) : ShapeWriter
{
    private const string XsiNamespace = "http://www.w3.org/2001/XMLSchema-instance";

    // Set while the elements of a flattened list are written; consumed by the first element that starts.
    private string? _elementName;

    /// <summary>Writes the members of <paramref name="shape"/> into the element that was just started: attributes, then elements.</summary>
    public void WriteContent(IShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        foreach (var member in shape.Schema.Members)
        {
            if (member.XmlAttribute)
            {
                shape.WriteMembers(new FilteringShapeWriter(this, static m => m.XmlAttribute));
                shape.WriteMembers(new FilteringShapeWriter(this, static m => !m.XmlAttribute));
                return;
            }
        }

        shape.WriteMembers(this);
    }

    /// <inheritdoc/>
    public override void WriteString(Member member, string value)
    {
        if (member.XmlAttribute)
        {
            // The models know one kind of attribute: xsi:type of an S3 grantee.
            xml.WriteAttributeString("xsi", "type", XsiNamespace, value);
            return;
        }

        Text(member, value);
    }

    /// <inheritdoc/>
    public override void WriteBoolean(Member member, bool value) => Text(member, TextValue.Format(value));

    /// <inheritdoc/>
    public override void WriteInteger(Member member, int value) => Text(member, TextValue.Format(value));

    /// <inheritdoc/>
    public override void WriteLong(Member member, long value) => Text(member, TextValue.Format(value));

    /// <inheritdoc/>
    public override void WriteFloat(Member member, float value) => Text(member, TextValue.Format(value));

    /// <inheritdoc/>
    public override void WriteDouble(Member member, double value) => Text(member, TextValue.Format(value));

    /// <inheritdoc/>
    public override void WriteTimestamp(Member member, DateTimeOffset value) =>
        Text(member, Timestamps.Format(value, member.TimestampFormat, TimestampFormat.Iso8601));

    /// <inheritdoc/>
    public override void WriteBlob(Member member, byte[] value) => Text(member, Convert.ToBase64String(value));

    /// <inheritdoc/>
    public override void WriteStructure(Member member, IShape value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Start(member);
        WriteContent(value);
        xml.WriteEndElement();
    }

    /// <inheritdoc/>
    public override void WriteList<T>(Member member, List<T> value, Action<ShapeWriter, Member, T> element)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(element);
        var item = member.Element!;
        if (member.Flattened)
        {
            // The element takes the list's own name unless the model gives it one.
            var outer = _elementName;
            _elementName = item.LocationName ?? member.WireName;
            foreach (var entry in value)
            {
                var name = _elementName;
                element(this, item, entry);
                _elementName = name;
            }

            _elementName = outer;
            return;
        }

        Start(member);
        foreach (var entry in value)
        {
            element(this, item, entry);
        }

        xml.WriteEndElement();
    }

    /// <inheritdoc/>
    public override void WriteMap<T>(Member member, Dictionary<string, T> value, Action<ShapeWriter, Member, T> element)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(element);
        if (!member.Flattened)
        {
            Start(member);
        }

        foreach (var (key, item) in value)
        {
            xml.WriteStartElement(member.Flattened ? member.WireName : "entry");
            Text(member.Key!, key);
            element(this, member.Value!, item);
            xml.WriteEndElement();
        }

        if (!member.Flattened)
        {
            xml.WriteEndElement();
        }
    }

    private void Start(Member member)
    {
        var name = member.IsElement && _elementName is not null ? _elementName : member.WireName;
        _elementName = null;
        if (member.XmlNamespace is { } uri && uri != XsiNamespace)
        {
            xml.WriteStartElement(name, uri);
        }
        else
        {
            xml.WriteStartElement(name);
        }
    }

    private void Text(Member member, string value)
    {
        Start(member);
        xml.WriteString(value);
        xml.WriteEndElement();
    }
}
