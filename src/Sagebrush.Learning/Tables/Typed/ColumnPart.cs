namespace Sagebrush.Learning.Tables.Typed;

/// <summary>A column of some records: numbers while all its cells are, else texts.</summary>
internal sealed class ColumnPart
{
    private double[] _numbers = [];
    private int[] _codes = [];

    /// <summary>Whether it holds texts.</summary>
    public bool IsText { get; private set; }

    /// <summary>The numbers.</summary>
    public ReadOnlySpan<double> Numbers => _numbers;

    /// <summary>The texts' numbers, -1 where missing.</summary>
    public ReadOnlySpan<int> Codes => _codes;

    /// <summary>The texts.</summary>
    public TextDictionary Texts { get; private set; } = new();

    /// <summary>Reads the cells of a column.</summary>
    public void Read(ReadOnlySpan<byte> text, CsvTokens tokens, int column, bool asText)
    {
        IsText = asText || !TryReadNumbers(text, tokens, column);
        if (IsText)
        {
            ReadTexts(text, tokens, column);
        }
    }

    private bool TryReadNumbers(ReadOnlySpan<byte> text, CsvTokens tokens, int column)
    {
        if (_numbers.Length != tokens.RowCount)
        {
            _numbers = new double[tokens.RowCount];
        }

        for (var row = 0; row < _numbers.Length; row++)
        {
            var cell = tokens.Cell(text, row, column);
            if (NumberText.Scan(cell, text, out var number) == cell.Length && cell.Length > 0)
            {
                _numbers[row] = double.IsFinite(number) ? number : double.NaN;
            }
            else if (CellText.IsMissing(cell))
            {
                _numbers[row] = double.NaN;
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
        if (_codes.Length != tokens.RowCount)
        {
            _codes = new int[tokens.RowCount];
        }

        Texts = new();
        for (var row = 0; row < _codes.Length; row++)
        {
            var cell = tokens.Cell(text, row, column);
            _codes[row] = CellText.IsMissing(cell) ? -1 : Texts.Code(cell);
        }
    }
}
