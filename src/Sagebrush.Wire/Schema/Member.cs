using System.Text;
using System.Text.Json;

namespace Sagebrush.Wire.Schema;

/// <summary>One member of a structure, or the element of a list, or the key or value of a map.</summary>
/// <remarks>Immutable. Generated contracts hold one per member; codecs and the validator read everything from here.</remarks>
public sealed class Member
{
    private readonly byte[] _utf8Name;

    /// <summary>Describes the member <paramref name="name"/>.</summary>
    public Member(string name, ShapeType type)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        Type = type;
        JsonName = JsonEncodedText.Encode(name);
        _utf8Name = Encoding.UTF8.GetBytes(name);
    }

    /// <summary>The member's name in the model, which is its JSON name.</summary>
    public string Name { get; }

    /// <summary>The type of its value.</summary>
    public ShapeType Type { get; }

    /// <summary>The name on the wire in XML, query strings and headers, where it differs from <see cref="Name"/>.</summary>
    public string? LocationName { get; init; }

    /// <summary><see cref="LocationName"/>, else <see cref="Name"/>.</summary>
    public string WireName => LocationName ?? Name;

    /// <summary>Where it travels in REST protocols.</summary>
    public MemberLocation Location { get; init; }

    /// <summary>Whether a request without it is refused.</summary>
    public bool Required { get; init; }

    /// <summary>Length, range, pattern and enumeration, if any.</summary>
    public Constraints? Constraints { get; init; }

    /// <summary>The element of a list.</summary>
    public Member? Element { get; init; }

    /// <summary>The key of a map.</summary>
    public Member? Key { get; init; }

    /// <summary>The value of a map.</summary>
    public Member? Value { get; init; }

    /// <summary>Whether a list or map stands in XML and query strings without its wrapping element.</summary>
    public bool Flattened { get; init; }

    /// <summary>Whether this is an element, key or value rather than a named member.</summary>
    public bool IsElement { get; init; }

    /// <summary>Whether a blob is streamed instead of held in memory.</summary>
    public bool Streaming { get; init; }

    /// <summary>Whether it is an attribute of its XML element.</summary>
    public bool XmlAttribute { get; init; }

    /// <summary>The XML namespace of its element, if any.</summary>
    public string? XmlNamespace { get; init; }

    /// <summary>How a timestamp is written.</summary>
    public TimestampFormat TimestampFormat { get; init; }

    /// <summary>Whether its value must not be shown in messages.</summary>
    public bool Sensitive { get; init; }

    internal JsonEncodedText JsonName { get; }

    internal ReadOnlySpan<byte> Utf8Name => _utf8Name;
}
