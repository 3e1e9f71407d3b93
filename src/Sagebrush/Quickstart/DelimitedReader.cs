using Sagebrush.CommandLine;

namespace Sagebrush.Quickstart;

/// <summary>Reads records of separated, possibly quoted cells (RFC 4180), one at a time.</summary>
/// <remarks>Unquoted cells lose surrounding blanks. Equal short cells of a column share one string, so a table of categories costs little memory.</remarks>
internal sealed class DelimitedReader(TextReader reader, char separator, string path)
{
    private const int MaximumPooledValues = 4096;

    private readonly List<Dictionary<string, string>> _pools = [];
    private char[] _cell = new char[256];
    private int _length;
    private int _line = 1;

    /// <summary>The line, from 1, on which the record read last began.</summary>
    public int RecordLine { get; private set; }

    /// <summary>Replaces <paramref name="cells"/> by the next record's; false at the end. Blank lines are passed over.</summary>
    public bool Read(List<string> cells)
    {
        while (true)
        {
            cells.Clear();
            RecordLine = _line;
            if (reader.Peek() < 0)
            {
                return false;
            }

            while (ReadCell(cells))
            {
            }

            if (cells.Count > 1 || cells[0].Length > 0)
            {
                return true;
            }
        }
    }

    /// <summary>Reads one cell and what ends it; true when another cell of the record follows.</summary>
    private bool ReadCell(List<string> cells)
    {
        _length = 0;
        SkipBlanks();
        var quoted = reader.Peek() == '"';
        if (quoted)
        {
            ReadQuoted();
            SkipBlanks();
        }

        while (true)
        {
            var next = reader.Read();
            if (next == separator || next is < 0 or '\n' or '\r')
            {
                cells.Add(Intern(cells.Count, quoted));
                EndLine(next);
                return next == separator;
            }

            if (quoted)
            {
                throw CommandException.BadInput(path, _line, $"cell {cells.Count + 1} goes on after its closing quote", "write a quote inside a quoted cell twice: \"\"");
            }

            Append((char)next);
        }
    }

    private void ReadQuoted()
    {
        var opened = _line;
        reader.Read();
        while (true)
        {
            var next = reader.Read();
            switch (next)
            {
                case < 0:
                    throw CommandException.BadInput(path, opened, "a quoted cell begins here and never ends");
                case '"' when reader.Peek() == '"':
                    reader.Read();
                    Append('"');
                    break;
                case '"':
                    return;
                default:
                    if (next == '\n')
                    {
                        _line++;
                    }

                    Append((char)next);
                    break;
            }
        }
    }

    private void SkipBlanks()
    {
        while (reader.Peek() is var next && next != separator && next is ' ' or '\t')
        {
            reader.Read();
        }
    }

    private void EndLine(int last)
    {
        if (last == '\r' && reader.Peek() == '\n')
        {
            reader.Read();
        }

        if (last is '\r' or '\n')
        {
            _line++;
        }
    }

    private void Append(char character)
    {
        if (_length == _cell.Length)
        {
            Array.Resize(ref _cell, _length * 2);
        }

        _cell[_length++] = character;
    }

    private string Intern(int column, bool quoted)
    {
        var text = _cell.AsSpan(0, _length);
        if (!quoted)
        {
            text = text.TrimEnd();
        }

        while (_pools.Count <= column)
        {
            _pools.Add(new Dictionary<string, string>(StringComparer.Ordinal));
        }

        var pool = _pools[column].GetAlternateLookup<ReadOnlySpan<char>>();
        if (pool.TryGetValue(text, out var known))
        {
            return known;
        }

        var value = text.ToString();
        if (_pools[column].Count < MaximumPooledValues)
        {
            _pools[column].Add(value, value);
        }

        return value;
    }
}
