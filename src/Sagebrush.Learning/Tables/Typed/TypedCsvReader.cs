using System.IO.Compression;

namespace Sagebrush.Learning.Tables.Typed;

/// <summary>Reads CSV files of any columns into a typed table, on all processors.</summary>
/// <remarks>
/// The text is taken in sections of whole records. Each section is cut at line ends that lie outside quotes, the parts are read side by side and added in their order,
/// so the table is the same for any number of threads. A cut that turns out to lie within a record, which odd quotes can bring about, makes the section be read in one piece.
/// </remarks>
public sealed class TypedCsvReader
{
    private const int SectionSize = 8 << 20;
    private const int PartSize = 256 << 10;
    private const int SampleSize = 64 << 10;

    private readonly TypedCsvFormat _format;
    private readonly CancellationToken _cancellationToken;
    private readonly List<CsvTokens> _tokens = [];
    private readonly List<ColumnPart[]> _parts = [];
    private IReadOnlyList<string> _names = [];
    private ColumnBuilder?[] _builders = [];
    private int[] _wanted = [];
    private byte _separator;
    private int _rows;
    private long _bytesRead;
    private long _bytesTotal;

    private TypedCsvReader(TypedCsvFormat format, CancellationToken cancellationToken) => (_format, _cancellationToken, _separator) = (format, cancellationToken, format.Separator ?? 0);

    /// <summary>Reads files with the same columns, one after the other; files packed with gzip are unpacked on the way.</summary>
    /// <exception cref="TableFormatException">A record has not as many cells as the first one, a quoted cell never ends, or the files hold nothing.</exception>
    public static TypedTable Read(IReadOnlyList<string> paths, TypedCsvFormat? format = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return new TypedCsvReader(format ?? new(), cancellationToken).Read(
            paths.Sum(path => new FileInfo(path).Length),
            handle =>
            {
                foreach (var path in paths)
                {
                    using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
                    var isPacked = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
                    file.Position = 0;
                    using Stream text = isPacked ? new GZipStream(file, CompressionMode.Decompress) : file;
                    handle(Path.GetFileName(path), text);
                }
            });
    }

    /// <summary>Reads a table that is in memory.</summary>
    /// <exception cref="TableFormatException">It is not a table.</exception>
    public static TypedTable Read(ReadOnlyMemory<byte> text, string name, TypedCsvFormat? format = null, CancellationToken cancellationToken = default) =>
        new TypedCsvReader(format ?? new(), cancellationToken).Read(
            text.Length,
            handle =>
            {
                using var stream = System.Runtime.InteropServices.MemoryMarshal.TryGetArray(text, out var array)
                    ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
                    : new MemoryStream(text.ToArray(), writable: false);
                handle(name, stream);
            });

    private TypedTable Read(long size, Action<Action<string, Stream>> each)
    {
        _bytesTotal = size;
        each(ReadFile);
        if (_builders.Length == 0)
        {
            throw new TableFormatException("The table is empty: there is no header and no row.");
        }

        int[] late = [.. _wanted.Where(column => _builders[column]!.IsIncomplete)];
        var columns = new TableColumn?[_builders.Length];
        foreach (var column in _wanted.Except(late))
        {
            columns[column] = _builders[column]!.ToColumn(_names[column]);
        }

        if (late.Length > 0)
        {
            // Columns whose first text comes late in the table: their numbers are read again, as the texts they are.
            _wanted = late;
            (_rows, _bytesRead) = (0, 0);
            foreach (var column in late)
            {
                _builders[column] = new(asText: true);
            }

            each(ReadFile);
            foreach (var column in late)
            {
                columns[column] = _builders[column]!.ToColumn(_names[column]);
            }
        }

        return new(columns!, _rows);
    }

    private void ReadFile(string file, Stream text)
    {
        var buffer = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(_bytesTotal + 1, 4096, SectionSize));
        var (filled, start, isFirst, line) = (0, 0, true, 1L);
        while (true)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var read = text.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
            var isLast = read < buffer.Length - filled;
            filled += read;
            if (isFirst)
            {
                start = buffer.AsSpan(0, filled).StartsWith("\uFEFF"u8) ? 3 : 0;
                start += ReadHeader(file, buffer.AsSpan(start, filled - start), ref line);
                isFirst = false;
            }

            var end = start == filled ? start : ReadSection(file, buffer, start, filled, isLast, line);
            if (isLast)
            {
                return;
            }

            line += buffer.AsSpan(start, end - start).Count((byte)'\n');
            _bytesRead += end - start;
            if (end == 0)
            {
                if (buffer.Length > Array.MaxLength / 2)
                {
                    throw new TableFormatException(file, line, 0, "the record is too long to be read.");
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }

            buffer.AsSpan(end, filled - end).CopyTo(buffer);
            filled -= end;
            start = 0;
        }
    }

    /// <returns>How many bytes the header takes.</returns>
    private int ReadHeader(string file, ReadOnlySpan<byte> text, ref long line)
    {
        var blank = 0;
        while (blank < text.Length && text[blank] is (byte)'\n' or (byte)'\r')
        {
            line += text[blank++] == (byte)'\n' ? 1 : 0;
        }

        text = text[blank..];
        if (text.IsEmpty)
        {
            return blank;
        }

        if (_separator == 0)
        {
            _separator = CsvSample.FindSeparator(text[..Math.Min(text.Length, SampleSize)]);
        }

        var cells = CsvSample.Record(text, _separator, out var length);
        if (_builders.Length == 0)
        {
            _names = TypedTable.UniqueNames(cells.Select(cell => _format.HasHeader ? cell : ""));
            _builders = [.. cells.Select((_, column) => new ColumnBuilder(_format.TextColumns?.Contains(column) == true))];
            _wanted = [.. Enumerable.Range(0, cells.Count)];
        }
        else if (cells.Count != _builders.Length)
        {
            throw new TableFormatException(file, line, 0, $"expected {_builders.Length} columns, found {cells.Count}.");
        }

        if (!_format.HasHeader)
        {
            return blank;
        }

        line += text[..length].Count((byte)'\n');
        return blank + length;
    }

    /// <returns>The end of the last whole record.</returns>
    private int ReadSection(string file, byte[] buffer, int start, int end, bool isLast, long line)
    {
        var cuts = Cut(buffer, start, end);
        Tokenize(buffer, cuts, isLast);
        for (var i = 0; i < cuts.Count - 2; i++)
        {
            if (_tokens[i].Problem is not null || _tokens[i].End != cuts[i + 1])
            {
                cuts = [start, end];
                Tokenize(buffer, cuts, isLast);
                break;
            }
        }

        var count = cuts.Count - 1;
        for (var i = 0; i < count; i++)
        {
            if (_tokens[i].Problem is { } problem)
            {
                throw new TableFormatException(file, line + buffer.AsSpan(start, _tokens[i].End - start).Count((byte)'\n'), 0, problem);
            }
        }

        while (_parts.Count < count)
        {
            _parts.Add([.. _builders.Select(_ => new ColumnPart())]);
        }

        Each(count, part =>
        {
            foreach (var column in _wanted)
            {
                _parts[part][column].Read(buffer, _tokens[part], column, _builders[column]!.IsText);
            }
        });

        var consumed = _tokens[count - 1].End;
        var toCome = isLast ? 1 : Math.Max(1, (_bytesTotal - _bytesRead) / (double)Math.Max(1, consumed - start) * 1.02);
        for (var part = 0; part < count; part++)
        {
            foreach (var column in _wanted)
            {
                var (read, builder) = (_parts[part][column], _builders[column]!);
                if (builder.IsText && !read.IsText)
                {
                    read.Read(buffer, _tokens[part], column, asText: true);
                }

                builder.Add(read, _tokens[part].RowCount, part == 0 ? toCome : 1);
            }

            _rows += _tokens[part].RowCount;
        }

        return consumed;
    }

    private void Tokenize(byte[] buffer, List<int> cuts, bool isLast)
    {
        var count = cuts.Count - 1;
        while (_tokens.Count < count)
        {
            _tokens.Add(new());
        }

        Each(count, part => _tokens[part].Read(buffer, cuts[part], cuts[part + 1], _separator, _builders.Length, isLast && part == count - 1));
    }

    private void Each(int count, Action<int> work)
    {
        if (_format.Threads == 1 || count == 1)
        {
            for (var i = 0; i < count; i++)
            {
                work(i);
            }

            return;
        }

        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = _format.Threads == 0 ? Environment.ProcessorCount : _format.Threads }, work);
    }

    /// <summary>Cuts a section at line ends before which the number of quotes is even.</summary>
    private static List<int> Cut(byte[] buffer, int start, int end)
    {
        List<int> cuts = [start];
        var at = start;
        var isInside = false;
        while (end - at > PartSize * 3 / 2)
        {
            var stop = at + PartSize;
            isInside ^= buffer.AsSpan(at, stop - at).Count((byte)'"') % 2 == 1;
            while (stop < end && (isInside || buffer[stop - 1] != (byte)'\n'))
            {
                isInside ^= buffer[stop++] == (byte)'"';
            }

            if (stop == end)
            {
                break;
            }

            cuts.Add(stop);
            at = stop;
        }

        cuts.Add(end);
        return cuts;
    }
}
