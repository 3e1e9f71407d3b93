namespace Sagebrush.Learning.Tables.Typed;

/// <summary>A column of some records: numbers while all its cells are, else texts.</summary>
internal sealed class ColumnPart
{
    private double[] _numbers = [];
    private int[] _codes = [];
    private int _rows;

    /// <summary>Whether it holds texts.</summary>
    public bool IsText { get; private set; }

    /// <summary>The numbers.</summary>
    public ReadOnlySpan<double> Numbers => _numbers.AsSpan(0, _rows);

    /// <summary>The texts' numbers, -1 where missing.</summary>
    public ReadOnlySpan<int> Codes => _codes.AsSpan(0, _rows);

    /// <summary>The texts.</summary>
    public TextDictionary Texts { get; private set; } = new();

    /// <summary>Reads the cells of a column.</summary>
    public void Read(ReadOnlySpan<byte> text, CsvTokens tokens, int column, bool asText)
    {
        _rows = tokens.RowCount;
        IsText = asText || !TryReadNumbers(text, tokens, column);
        if (IsText)
        {
            ReadTexts(text, tokens, column);
        }
    }

    private bool TryReadNumbers(ReadOnlySpan<byte> text, CsvTokens tokens, int column)
    {
        var numbers = Room(ref _numbers, _rows);
        for (var row = 0; row < numbers.Length; row++)
        {
            var cell = tokens.Cell(text, row, column);
            if (NumberText.Scan(cell, text, out var number) == cell.Length && cell.Length > 0)
            {
                numbers[row] = double.IsFinite(number) ? number : double.NaN;
            }
            else if (CellText.IsMissing(cell))
            {
                numbers[row] = double.NaN;
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private void ReadTexts(ReadOnlySpan<byte> text, CsvTokens tokens, int column)
    {
        var codes = Room(ref _codes, _rows);
        Texts = new();
        for (var row = 0; row < codes.Length; row++)
        {
            var cell = tokens.Cell(text, row, column);
            codes[row] = CellText.IsMissing(cell) ? -1 : Texts.Code(cell);
        }
    }

    // Parts have hardly ever the same number of rows; the arrays, which are large, are made once.
    private static Span<T> Room<T>(ref T[] values, int rows)
        where T : unmanaged
    {
        if (values.Length < rows)
        {
            values = GC.AllocateUninitializedArray<T>(rows + (rows / 4));
        }

        return values.AsSpan(0, rows);
    }
}
