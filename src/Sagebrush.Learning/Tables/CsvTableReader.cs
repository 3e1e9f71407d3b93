namespace Sagebrush.Learning.Tables;

/// <summary>Reads numeric CSV files into one dense table, on all processors.</summary>
public sealed class CsvTableReader
{
    private readonly CsvFormat _format;
    private readonly CancellationToken _cancellationToken;
    private readonly long _totalSize;
    private byte _separator;
    private int _columns;
    private string[] _header = [];
    private float[] _values = [];
    private int _rows;

    private CsvTableReader(CsvFormat format, long totalSize, CancellationToken cancellationToken)
    {
        _format = format;
        _totalSize = totalSize;
        _cancellationToken = cancellationToken;
        _separator = format.Separator ?? 0;
    }

    /// <summary>Reads files with the same columns, one after the other.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="format">How they are written; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the reading between sections.</param>
    /// <exception cref="TableFormatException">A cell is not a number, or a row has not as many cells as the first one.</exception>
    public static DenseTable Read(IReadOnlyList<string> paths, CsvFormat? format = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var reader = new CsvTableReader(format ?? new(), paths.Sum(path => new FileInfo(path).Length), cancellationToken);
        foreach (var path in paths)
        {
            reader.ReadFile(path);
        }

        return new(reader._values, reader._rows, reader._columns, reader._header);
    }

    private void ReadFile(string path)
    {
        var name = Path.GetFileName(path);
        TextSections.Read(path, (buffer, start, length, firstLine) => ReadSection(name, buffer, start, length, firstLine), _cancellationToken);
    }

    private long ReadSection(string file, byte[] buffer, int start, int length, long firstLine)
    {
        long lines = 0;
        if (firstLine == 1)
        {
            if (_separator == 0)
            {
                _separator = CsvRow.DetectSeparator(buffer.AsSpan(start, length).TrimStart("\r\n "u8));
            }

            if (_format.HasHeader)
            {
                var header = ReadHeader(file, buffer.AsSpan(start, length));
                start += header;
                length -= header;
                lines = 1;
            }
        }

        if (_columns == 0)
        {
            _columns = CountColumns(buffer.AsSpan(start, length));
        }

        var parts = TextSections.Split(buffer, start, length);
        Reserve(parts.Sum(part => (long)part.Lines), length);
        var results = new PartResult[parts.Count];
        var firstRow = _rows;
        Parallel.For(0, parts.Count, i =>
        {
            var row = firstRow;
            for (var before = 0; before < i; before++)
            {
                row += parts[before].Lines;
            }

            results[i] = ReadPart(buffer.AsSpan(parts[i].Start, parts[i].Length), row);
        });

        for (var i = 0; i < parts.Count; i++)
        {
            if (results[i].Reason is { } reason)
            {
                throw new TableFormatException(file, firstLine + lines + results[i].LinesRead, results[i].Column, reason);
            }

            lines += parts[i].Lines;
            Close(firstRow, results[i].RowCount);
            firstRow += parts[i].Lines;
        }

        return lines;
    }

    /// <summary>Moves a part's rows down over the places that blank lines before it left free.</summary>
    private void Close(int from, int count)
    {
        if (from != _rows)
        {
            _values.AsSpan(from * _columns, count * _columns).CopyTo(_values.AsSpan(_rows * _columns));
        }

        _rows += count;
    }

    private PartResult ReadPart(ReadOnlySpan<byte> text, int row)
    {
        var columns = _columns;
        var values = _values.AsSpan();
        var at = row * columns;
        var count = 0;
        var line = 0;
        while (!text.IsEmpty)
        {
            var length = CsvRow.Read(text, _separator, values.Slice(at, columns), out var cells, out var wrongCell);
            if (cells != 0)
            {
                if (wrongCell != 0)
                {
                    var cell = NumberText.Show(CsvRow.Cell(text, _separator, wrongCell));
                    return new(line, count, wrongCell, $"'{cell}' is not a number.");
                }

                if (cells != columns)
                {
                    return new(line, count, 0, $"expected {columns} columns, found {cells}.");
                }

                at += columns;
                count++;
            }

            line++;
            text = text[length..];
        }

        return new(line, count, 0, null);
    }

    private int ReadHeader(string file, ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        var row = end < 0 ? text : text[..end];
        var count = CsvRow.Read(row, _separator, [], out var cells, out _) == 0 ? 0 : cells;
        if (_header.Length == 0)
        {
            _header = new string[count];
            for (var i = 0; i < count; i++)
            {
                _header[i] = System.Text.Encoding.UTF8.GetString(CsvRow.Cell(row, _separator, i + 1));
            }

            _columns = count;
        }
        else if (_header.Length != count)
        {
            throw new TableFormatException(file, 1, 0, $"expected {_header.Length} columns, found {count}.");
        }

        return end < 0 ? text.Length : end + 1;
    }

    private int CountColumns(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var length = CsvRow.Read(text, _separator, [], out var cells, out _);
            if (cells != 0)
            {
                return cells;
            }

            text = text[length..];
        }

        return 0;
    }

    /// <summary>Makes room for more rows; the first time for as many as the files' size suggests.</summary>
    private void Reserve(long rows, int sectionLength)
    {
        var needed = (_rows + rows) * _columns;
        if (needed <= _values.Length)
        {
            return;
        }

        var guess = _values.Length == 0
            ? (long)(needed * ((double)_totalSize / Math.Max(1, sectionLength)) * 1.02)
            : _values.Length * 3L / 2;
        var size = Math.Min(Math.Max(guess, needed), Array.MaxLength);
        if (needed > size)
        {
            throw new TableFormatException($"The table has more than {Array.MaxLength} cells, more than can be held in memory at once.");
        }

        var larger = GC.AllocateUninitializedArray<float>((int)size);
        _values.AsSpan(0, _rows * _columns).CopyTo(larger);
        _values = larger;
    }

    private readonly record struct PartResult(int LinesRead, int RowCount, int Column, string? Reason);
}
