using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>Reads JSON as XGBoost writes it, which knows the numbers NaN, Infinity and -Infinity.</summary>
internal ref struct JsonReader
{
    private const int DeepestNesting = 64;

    private readonly ReadOnlySpan<byte> _content;
    private int _at;
    private int _depth;

    private JsonReader(ReadOnlySpan<byte> content) => _content = content;

    public static ModelValue Read(ReadOnlySpan<byte> content)
    {
        var reader = new JsonReader(content);
        var value = reader.ReadValue();
        reader.SkipSpace();
        if (reader._at != content.Length && !content[reader._at..].ContainsAnyExcept((byte)0))
        {
            return value;
        }

        return reader._at == content.Length ? value : throw reader.Error("there is more after the end of the document");
    }

    private ModelValue ReadValue()
    {
        SkipSpace();
        switch (Peek())
        {
            case (byte)'{':
                return ReadFields();
            case (byte)'[':
                return ReadItems();
            case (byte)'"':
                return new ModelValue.Text(ReadText());
            case (byte)'n':
                Expect("null"u8);
                return new ModelValue.Null();
            default:
                return new ModelValue.Number(ReadNumber());
        }
    }

    private ModelValue.Fields ReadFields()
    {
        Enter();
        _at++;
        Dictionary<string, ModelValue> fields = new(StringComparer.Ordinal);
        SkipSpace();
        while (Peek() != (byte)'}')
        {
            if (Peek() != (byte)'"')
            {
                throw Error("expected a name in quotes");
            }

            var name = ReadText();
            SkipSpace();
            Expect(":"u8);
            fields[name] = ReadValue();
            SkipSpace();
            if (Peek() == (byte)',')
            {
                _at++;
                SkipSpace();
            }
            else if (Peek() != (byte)'}')
            {
                throw Error("expected ',' or '}'");
            }
        }

        _at++;
        _depth--;
        return new(fields);
    }

    private ModelValue ReadItems()
    {
        Enter();
        _at++;
        SkipSpace();
        List<double> numbers = [];
        List<ModelValue>? items = null;
        while (Peek() != (byte)']')
        {
            if (items is null && Peek() is not ((byte)'{' or (byte)'[' or (byte)'"' or (byte)'n'))
            {
                numbers.Add(ReadNumber());
            }
            else
            {
                items ??= [.. numbers.Select(n => new ModelValue.Number(n))];
                items.Add(ReadValue());
            }

            SkipSpace();
            if (Peek() == (byte)',')
            {
                _at++;
                SkipSpace();
            }
            else if (Peek() != (byte)']')
            {
                throw Error("expected ',' or ']'");
            }
        }

        _at++;
        _depth--;
        return items is null ? new ModelValue.Numbers([.. numbers]) : new ModelValue.Items(items);
    }

    private double ReadNumber()
    {
        var rest = _content[_at..];
        switch (Peek())
        {
            case (byte)'t':
                Expect("true"u8);
                return 1;
            case (byte)'f':
                Expect("false"u8);
                return 0;
            case (byte)'N':
                Expect("NaN"u8);
                return double.NaN;
            case (byte)'I':
                Expect("Infinity"u8);
                return double.PositiveInfinity;
            case (byte)'-' when rest.Length > 1 && rest[1] == (byte)'I':
                Expect("-Infinity"u8);
                return double.NegativeInfinity;
            default:
                if (!Utf8Parser.TryParse(rest, out double value, out var length))
                {
                    throw Error("expected a value");
                }

                _at += length;
                return value;
        }
    }

    private string ReadText()
    {
        var start = ++_at;
        var end = _content[start..].IndexOfAny((byte)'"', (byte)'\\');
        if (end >= 0 && _content[start + end] == (byte)'"')
        {
            _at = start + end + 1;
            return Encoding.UTF8.GetString(_content.Slice(start, end));
        }

        var text = new StringBuilder();
        while (true)
        {
            var stop = _content[_at..].IndexOfAny((byte)'"', (byte)'\\');
            if (stop < 0)
            {
                throw Error("a text does not end");
            }

            text.Append(Encoding.UTF8.GetString(_content.Slice(_at, stop)));
            _at += stop + 1;
            if (_content[_at - 1] == (byte)'"')
            {
                return text.ToString();
            }

            text.Append(ReadEscape());
        }
    }

    private char ReadEscape()
    {
        var escape = Peek();
        _at++;
        switch (escape)
        {
            case (byte)'n':
                return '\n';
            case (byte)'t':
                return '\t';
            case (byte)'r':
                return '\r';
            case (byte)'b':
                return '\b';
            case (byte)'f':
                return '\f';
            case (byte)'"' or (byte)'\\' or (byte)'/':
                return (char)escape;
            case (byte)'u' when _at + 4 <= _content.Length
                && ushort.TryParse(_content.Slice(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _at += 4;
                return (char)code;
            default:
                throw Error("a text holds an unknown escape");
        }
    }

    private readonly byte Peek() => _at < _content.Length ? _content[_at] : throw Error("the file ends early");

    private void Expect(ReadOnlySpan<byte> word)
    {
        if (!_content[_at..].StartsWith(word))
        {
            throw Error($"expected {Encoding.ASCII.GetString(word)}");
        }

        _at += word.Length;
    }

    private void Enter()
    {
        if (++_depth > DeepestNesting)
        {
            throw Error("values are nested too deeply");
        }
    }

    private void SkipSpace()
    {
        while (_at < _content.Length && _content[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            _at++;
        }
    }

    private readonly ModelFormatException Error(string what) => new($"The model is not valid JSON: {what}, at byte {_at}.");
}
