using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sagebrush.Learning.Tables.Typed;

/// <summary>Where the cells of some records begin and end: found 32 bytes at a time, before any cell is read.</summary>
/// <remarks>Cells may stand in quotes and then hold separators and line ends; a quote inside is doubled. A quote within an unquoted cell is a letter like others.</remarks>
internal sealed class CsvTokens
{
    private const int Quoted = int.MinValue;

    // Where each cell begins, and behind the last one where the next would: a cell ends a byte before.
    private int[] _starts = new int[1 << 12];
    private byte[] _unquoted = [];
    private int _count;

    /// <summary>Number of whole records.</summary>
    public int RowCount { get; private set; }

    /// <summary>Cells of each record.</summary>
    public int ColumnCount { get; private set; }

    /// <summary>The end of the last whole record.</summary>
    public int End { get; private set; }

    /// <summary>What is wrong with the record at <see cref="End"/>; null when nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Finds the cells of the records of a text.</summary>
    /// <param name="text">The buffer.</param>
    /// <param name="from">Where the first record begins.</param>
    /// <param name="to">Where the text ends.</param>
    /// <param name="separator">The byte between cells.</param>
    /// <param name="columns">How many cells a record has.</param>
    /// <param name="isLast">Whether the text ends with a record even without a line end.</param>
    public void Read(ReadOnlySpan<byte> text, int from, int to, byte separator, int columns, bool isLast)
    {
        (_count, RowCount, ColumnCount, End, Problem) = (0, 0, columns, from, null);
        var (cell, quoted, inside, closed) = (from, false, false, -2);
        ref var bytes = ref MemoryMarshal.GetReference(text);
        var separators = Vector256.Create(separator);
        var lineEnds = Vector256.Create((byte)'\n');
        var quotes = Vector256.Create((byte)'"');
        for (var block = from; block < to; block += 32)
        {
            uint mask;
            if (block + 32 <= to)
            {
                var lanes = Vector256.LoadUnsafe(ref bytes, (nuint)block);
                mask = (Vector256.Equals(lanes, separators) | Vector256.Equals(lanes, lineEnds) | Vector256.Equals(lanes, quotes)).ExtractMostSignificantBits();
            }
            else
            {
                mask = 0;
                for (var i = block; i < to; i++)
                {
                    mask |= text[i] == separator || text[i] is (byte)'\n' or (byte)'"' ? 1u << (i - block) : 0;
                }
            }

            for (; mask != 0; mask &= mask - 1)
            {
                var at = block + BitOperations.TrailingZeroCount(mask);
                if (text[at] == (byte)'"')
                {
                    if (inside)
                    {
                        (inside, closed) = (false, at);
                    }
                    else if (quoted ? at == closed + 1 : text[cell..at].Trim(" \t"u8).IsEmpty)
                    {
                        (inside, quoted) = (true, true);
                    }
                }
                else if (!inside)
                {
                    Add(quoted ? cell | Quoted : cell, at);
                    (cell, quoted) = (at + 1, false);
                    if (text[at] == (byte)'\n' && !EndRecord(text, at + 1))
                    {
                        return;
                    }
                }
            }
        }

        if (isLast && End < to)
        {
            Add(quoted ? cell | Quoted : cell, to);
            if (inside)
            {
                Problem = "a quoted cell begins and never ends.";
            }
            else
            {
                EndRecord(text, to);
            }
        }
    }

    /// <summary>The text of a cell, without the blanks and quotes around it. It lasts until the next call.</summary>
    public ReadOnlySpan<byte> Cell(ReadOnlySpan<byte> text, int row, int column)
    {
        var index = (row * ColumnCount) + column;
        var (first, next) = (_starts[index], _starts[index + 1]);
        var (start, stop) = (first & int.MaxValue, (next & int.MaxValue) - 1);
        while (start < stop && text[start] is (byte)' ' or (byte)'\t')
        {
            start++;
        }

        // Line ends are there where blank lines come behind the record.
        while (start < stop && text[stop - 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            stop--;
        }

        var cell = text[start..stop];
        return first >= 0 ? cell : Unquote(cell);
    }

    private ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> cell)
    {
        if (cell is not [(byte)'"', .., (byte)'"'])
        {
            return cell;
        }

        cell = cell[1..^1];
        if (!cell.Contains((byte)'"'))
        {
            return cell;
        }

        if (_unquoted.Length < cell.Length)
        {
            _unquoted = new byte[cell.Length * 2];
        }

        var length = 0;
        for (var i = 0; i < cell.Length; i++)
        {
            _unquoted[length++] = cell[i];
            if (cell[i] == (byte)'"' && i + 1 < cell.Length && cell[i + 1] == (byte)'"')
            {
                i++;
            }
        }

        return _unquoted.AsSpan(0, length);
    }

    private void Add(int start, int end)
    {
        if (_count + 1 == _starts.Length)
        {
            Array.Resize(ref _starts, _starts.Length * 2);
        }

        _starts[_count++] = start;
        _starts[_count] = end + 1;
    }

    private bool EndRecord(ReadOnlySpan<byte> text, int end)
    {
        var first = RowCount * ColumnCount;
        var cells = _count - first;
        if (cells == ColumnCount && (cells > 1 || !IsBlank(text, first)))
        {
            RowCount++;
        }
        else if (cells == 1 && IsBlank(text, first))
        {
            _count = first;
        }
        else
        {
            Problem = $"expected {ColumnCount} columns, found {cells}.";
            return false;
        }

        End = end;
        return true;
    }

    private bool IsBlank(ReadOnlySpan<byte> text, int index) => _starts[index] >= 0 && text[_starts[index]..(_starts[index + 1] - 1)].Trim(" \t\r"u8).IsEmpty;
}
