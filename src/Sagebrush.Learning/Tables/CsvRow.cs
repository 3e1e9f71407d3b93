namespace Sagebrush.Learning.Tables;

/// <summary>Reads the rows of numeric CSV text, one at a time and without allocations.</summary>
/// <remarks>Cells may stand in quotes; an empty cell or <c>nan</c> is missing; rows end with LF, CR LF or the end of the text.</remarks>
public static class CsvRow
{
    /// <summary>Reads the first row of a text.</summary>
    /// <param name="text">One or more rows.</param>
    /// <param name="separator">The byte between cells.</param>
    /// <param name="cells">Receives as many values as it has room for.</param>
    /// <param name="cellCount">How many cells the row has, also beyond the room; 0 for a blank line.</param>
    /// <param name="wrongCell">The first cell that is not a number, from 1; 0 when all are.</param>
    /// <returns>How many bytes the row takes, its line end included.</returns>
    public static int Read(ReadOnlySpan<byte> text, byte separator, Span<float> cells, out int cellCount, out int wrongCell)
    {
        cellCount = 0;
        wrongCell = 0;
        var at = 0;
        while (true)
        {
            // The usual cell, a bare number right before a separator or a line end, is read in one pass.
            var length = NumberText.Scan(text[at..], out var number);
            var value = (float)number;
            var end = at + length;
            if (end + 1 < text.Length && text[end] == (byte)'\r' && text[end + 1] == (byte)'\n')
            {
                end++;
            }

            if (length == 0 || (end < text.Length && text[end] != separator && text[end] != (byte)'\n'))
            {
                end = at + CellLength(text[at..], separator);
                var cell = text[at..end].Trim(" \t\r"u8);
                if (cell.IsEmpty && cellCount == 0 && (end == text.Length || text[end] == (byte)'\n'))
                {
                    return Math.Min(end + 1, text.Length);
                }

                if (cell is [(byte)'"', .., (byte)'"'])
                {
                    cell = cell[1..^1];
                }

                if (!NumberText.TryParse(cell, out value) && wrongCell == 0)
                {
                    wrongCell = cellCount + 1;
                }
            }

            if (cellCount < cells.Length)
            {
                cells[cellCount] = value;
            }

            cellCount++;
            at = end + 1;
            if (end == text.Length || text[end] == (byte)'\n')
            {
                return Math.Min(at, text.Length);
            }
        }
    }

    /// <summary>The text of a cell of the first row, quotes and blanks around it removed.</summary>
    /// <param name="text">One or more rows.</param>
    /// <param name="separator">The byte between cells.</param>
    /// <param name="column">The cell, from 1.</param>
    public static ReadOnlySpan<byte> Cell(ReadOnlySpan<byte> text, byte separator, int column)
    {
        while (true)
        {
            var length = CellLength(text, separator);
            if (--column == 0)
            {
                return text[..length].Trim(" \t\r\""u8);
            }

            if (length == text.Length || text[length] == (byte)'\n')
            {
                return [];
            }

            text = text[(length + 1)..];
        }
    }

    /// <summary>Guesses the separator from the first row: a comma, else a tab, semicolon, bar or space, else a comma.</summary>
    public static byte DetectSeparator(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        var row = (end < 0 ? text : text[..end]).Trim(" \r"u8);
        foreach (var candidate in ",\t;| "u8)
        {
            if (row.Contains(candidate))
            {
                return candidate;
            }
        }

        return (byte)',';
    }

    private static int CellLength(ReadOnlySpan<byte> text, byte separator)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == (byte)'\n')
            {
                return i;
            }

            if (text[i] == (byte)'"')
            {
                quoted = !quoted;
            }
            else if (text[i] == separator && !quoted)
            {
                return i;
            }
        }

        return text.Length;
    }
}
