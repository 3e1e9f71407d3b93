using System.Buffers.Binary;
using System.Text;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>Reads Universal Binary JSON (draft 12, ubjson.org), all types but high-precision numbers.</summary>
internal ref struct UbjsonReader
{
    private const int DeepestNesting = 64;

    private readonly ReadOnlySpan<byte> _content;
    private int _at;
    private int _depth;

    private UbjsonReader(ReadOnlySpan<byte> content) => _content = content;

    public static ModelValue Read(ReadOnlySpan<byte> content)
    {
        var reader = new UbjsonReader(content);
        return reader.ReadValue(reader.Take());
    }

    private ModelValue ReadValue(byte marker)
    {
        switch (marker)
        {
            case (byte)'{':
                return ReadFields();
            case (byte)'[':
                return ReadItems();
            case (byte)'S':
                return new ModelValue.Text(ReadText());
            case (byte)'Z' or (byte)'N':
                return new ModelValue.Null();
            default:
                return new ModelValue.Number(ReadNumber(marker));
        }
    }

    private double ReadNumber(byte marker) => marker switch
    {
        (byte)'T' => 1,
        (byte)'F' => 0,
        (byte)'i' => (sbyte)Take(),
        (byte)'U' or (byte)'C' => Take(),
        (byte)'I' => BinaryPrimitives.ReadInt16BigEndian(Take(2)),
        (byte)'l' => BinaryPrimitives.ReadInt32BigEndian(Take(4)),
        (byte)'L' => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
        (byte)'d' => BinaryPrimitives.ReadSingleBigEndian(Take(4)),
        (byte)'D' => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
        _ => throw Error($"unknown type marker 0x{marker:x2}"),
    };

    private ModelValue.Fields ReadFields()
    {
        Enter();
        var (type, count) = ReadHeader();
        Dictionary<string, ModelValue> fields = new(StringComparer.Ordinal);
        for (long i = 0; count < 0 ? Peek() != (byte)'}' : i < count; i++)
        {
            var name = ReadText();
            fields[name] = ReadValue(type ?? Take());
        }

        if (count < 0)
        {
            _at++;
        }

        _depth--;
        return new(fields);
    }

    private ModelValue ReadItems()
    {
        Enter();
        var (type, count) = ReadHeader();
        ModelValue result;
        if (type is { } single && single is not ((byte)'{' or (byte)'[' or (byte)'S' or (byte)'Z' or (byte)'N'))
        {
            result = new ModelValue.Numbers(ReadNumbers(single, count));
        }
        else
        {
            List<ModelValue> items = [];
            for (long i = 0; count < 0 ? Peek() != (byte)']' : i < count; i++)
            {
                items.Add(ReadValue(type ?? Take()));
            }

            if (count < 0)
            {
                _at++;
            }

            result = items.TrueForAll(item => item is ModelValue.Number)
                ? new ModelValue.Numbers([.. items.Select(item => ((ModelValue.Number)item).Value)])
                : new ModelValue.Items(items);
        }

        _depth--;
        return result;
    }

    private double[] ReadNumbers(byte marker, long count)
    {
        var size = marker switch
        {
            (byte)'i' or (byte)'U' or (byte)'C' => 1,
            (byte)'I' => 2,
            (byte)'l' or (byte)'d' => 4,
            (byte)'L' or (byte)'D' => 8,
            _ => throw Error($"unknown type marker 0x{marker:x2} of an array"),
        };
        if (count > (_content.Length - _at) / size)
        {
            throw Error($"an array of {count} numbers does not fit into the file");
        }

        var numbers = new double[count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = ReadNumber(marker);
        }

        return numbers;
    }

    /// <summary>The optional type and count of a container; a count of -1 means that it ends with a marker.</summary>
    private (byte? Type, long Count) ReadHeader()
    {
        byte? type = null;
        if (Peek() == (byte)'$')
        {
            _at++;
            type = Take();
            if (Peek() != (byte)'#')
            {
                throw Error("a typed container has no count");
            }
        }

        if (Peek() != (byte)'#')
        {
            return (type, -1);
        }

        _at++;
        var count = ReadLength();

        // Values without bytes of their own would let a short file ask for endless work.
        if (count > _content.Length - _at)
        {
            throw Error($"a container of {count} values does not fit into the file");
        }

        return (type, count);
    }

    private long ReadLength()
    {
        var marker = Take();
        if (marker is not ((byte)'i' or (byte)'U' or (byte)'I' or (byte)'l' or (byte)'L'))
        {
            throw Error($"expected a length, found the type marker 0x{marker:x2}");
        }

        var length = marker == (byte)'L' ? BinaryPrimitives.ReadInt64BigEndian(Take(8)) : (long)ReadNumber(marker);
        return length >= 0 ? length : throw Error("a length is negative");
    }

    private string ReadText()
    {
        var length = ReadLength();
        return length <= _content.Length - _at
            ? Encoding.UTF8.GetString(Take((int)length))
            : throw Error($"a text of {length} bytes does not fit into the file");
    }

    private readonly byte Peek() => _at < _content.Length ? _content[_at] : throw Error("the file ends early");

    private byte Take() => _at < _content.Length ? _content[_at++] : throw Error("the file ends early");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _content.Length - _at)
        {
            throw Error("the file ends early");
        }

        _at += count;
        return _content.Slice(_at - count, count);
    }

    private void Enter()
    {
        if (++_depth > DeepestNesting)
        {
            throw Error("values are nested too deeply");
        }
    }

    private readonly ModelFormatException Error(string what) => new($"The model is not valid UBJSON: {what}, at byte {_at}.");
}
