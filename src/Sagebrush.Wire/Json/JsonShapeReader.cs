using System.Globalization;
using System.Text.Json;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Json;

/// <summary>Reads shapes from AWS JSON. Members the model does not know are skipped, so that newer clients keep working.</summary>
public sealed class JsonShapeReader : ShapeReader
{
    private JsonElement _current;

    /// <summary>Reads the object <paramref name="json"/> into <paramref name="shape"/>.</summary>
    /// <exception cref="SerializationException">It is no object, or a member has the wrong type.</exception>
    public void Read(JsonElement json, IShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        _current = json;
        try
        {
            ReadObject(shape);
        }
        catch (InvalidOperationException e)
        {
            // Escapes that make half a surrogate pair have no text, neither as names nor as values.
            throw new SerializationException("The message is not valid Unicode.", e);
        }
    }

    /// <inheritdoc/>
    public override string ReadString(Member member)
    {
        if (_current.ValueKind != JsonValueKind.String)
        {
            throw WrongType("a String");
        }

        return _current.GetString()!;
    }

    /// <inheritdoc/>
    public override bool ReadBoolean(Member member) => _current.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw WrongType("a Boolean"),
    };

    /// <inheritdoc/>
    public override int ReadInteger(Member member)
    {
        var value = ReadWhole("an Integer");
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw WrongType("an Integer");
    }

    /// <inheritdoc/>
    public override long ReadLong(Member member) => ReadWhole("a Long");

    /// <inheritdoc/>
    public override float ReadFloat(Member member) => (float)ReadNumber("a Float");

    /// <inheritdoc/>
    public override double ReadDouble(Member member) => ReadNumber("a Double");

    /// <inheritdoc/>
    public override DateTimeOffset ReadTimestamp(Member member) => _current.ValueKind switch
    {
        JsonValueKind.Number => Timestamps.FromEpochSeconds(_current.GetDouble()),
        JsonValueKind.String => Timestamps.Parse(ReadString(member)),
        _ => throw WrongType("a Timestamp"),
    };

    /// <inheritdoc/>
    public override byte[] ReadBlob(Member member) =>
        _current.ValueKind == JsonValueKind.String && _current.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw WrongType("a Blob");

    /// <inheritdoc/>
    public override List<T> ReadList<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        ArgumentNullException.ThrowIfNull(element);
        if (_current.ValueKind != JsonValueKind.Array)
        {
            throw new SerializationException("Expected list or null");
        }

        var list = _current;
        var result = new List<T>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            _current = item;
            result.Add(element(this, member.Element!));
        }

        _current = list;
        return result;
    }

    /// <inheritdoc/>
    public override Dictionary<string, T> ReadMap<T>(Member member, Func<ShapeReader, Member, T> element)
    {
        ArgumentNullException.ThrowIfNull(element);
        if (_current.ValueKind != JsonValueKind.Object)
        {
            throw new SerializationException("Expected map or null");
        }

        var map = _current;
        var result = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var property in map.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Null)
            {
                _current = property.Value;
                result[property.Name] = element(this, member.Value!);
            }
        }

        _current = map;
        return result;
    }

    /// <inheritdoc/>
    protected override void ReadInto(Member member, IShape shape) => ReadObject(shape);

    private void ReadObject(IShape shape)
    {
        if (_current.ValueKind != JsonValueKind.Object)
        {
            throw new SerializationException($"Start of structure expected, {Kind()} found.");
        }

        var json = _current;
        var schema = shape.Schema;
        var expected = 0;
        foreach (var property in json.EnumerateObject())
        {
            var index = IndexOf(schema, property, expected);
            if (index >= 0 && property.Value.ValueKind != JsonValueKind.Null)
            {
                _current = property.Value;
                shape.ReadMember(index, this);
                expected = index + 1;
            }
        }

        _current = json;
    }

    private static int IndexOf(StructureSchema schema, JsonProperty property, int expected)
    {
        for (var i = 0; i < schema.Members.Length; i++)
        {
            var at = (expected + i) % schema.Members.Length;
            if (property.NameEquals(schema[at].Utf8Name))
            {
                return at;
            }
        }

        return -1;
    }

    private long ReadWhole(string target)
    {
        if (_current.ValueKind != JsonValueKind.Number)
        {
            throw WrongType(target);
        }

        if (_current.TryGetInt64(out var whole))
        {
            return whole;
        }

        // Clients in dynamic languages send 5.0 for 5; a real fraction is an error.
        return _current.TryGetDouble(out var number) && Math.Truncate(number) == number && Math.Abs(number) < 9e15
            ? (long)number
            : throw WrongType(target);
    }

    private double ReadNumber(string target)
    {
        if (_current.ValueKind == JsonValueKind.Number)
        {
            return _current.GetDouble();
        }

        return _current.ValueKind == JsonValueKind.String
            ? _current.GetString() switch
            {
                "NaN" => double.NaN,
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                _ => throw WrongType(target),
            }
            : throw WrongType(target);
    }

    private SerializationException WrongType(string target) => _current.ValueKind switch
    {
        JsonValueKind.Object => new SerializationException("Start of structure or map found where not expected."),
        JsonValueKind.Array => new SerializationException("Start of list found where not expected"),
        _ => new SerializationException(string.Create(CultureInfo.InvariantCulture, $"{Kind()} can not be converted to {target}")),
    };

    private string Kind() => _current.ValueKind switch
    {
        JsonValueKind.String => "STRING_VALUE",
        JsonValueKind.Number => "NUMBER_VALUE",
        JsonValueKind.True => "TRUE_VALUE",
        JsonValueKind.False => "FALSE_VALUE",
        JsonValueKind.Array => "START_ARRAY",
        JsonValueKind.Object => "START_OBJECT",
        _ => "NULL_VALUE",
    };
}
