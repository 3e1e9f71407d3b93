using System.Globalization;

namespace Sagebrush.Learning.Tables.Typed;

/// <summary>A column as it is held: numbers, or numbers of the texts in a dictionary.</summary>
/// <remarks>Immutable once read. A column is numbers when every cell that is not missing is one.</remarks>
public sealed class TableColumn
{
    private readonly double[] _numbers;
    private readonly int[] _codes;

    /// <summary>Takes a column of numbers without copying it; NaN is a missing value.</summary>
    public TableColumn(string name, double[] numbers)
    {
        (Name, _numbers, _codes, Values) = (name, numbers, [], []);
    }

    /// <summary>Takes a column of texts without copying it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="codes">For each row the position of its text in <paramref name="values"/>; -1 is a missing value.</param>
    /// <param name="values">The different texts.</param>
    public TableColumn(string name, int[] codes, IReadOnlyList<string> values)
    {
        (Name, _numbers, _codes, Values) = (name, [], codes, values);
        IsText = true;
    }

    /// <summary>The column's name.</summary>
    public string Name { get; }

    /// <summary>Whether it is held as texts.</summary>
    public bool IsText { get; }

    /// <summary>Number of rows.</summary>
    public int RowCount => IsText ? _codes.Length : _numbers.Length;

    /// <summary>The numbers, NaN where missing; empty for texts.</summary>
    public ReadOnlySpan<double> Numbers => _numbers;

    /// <summary>The texts' positions among <see cref="Values"/>, -1 where missing; empty for numbers.</summary>
    public ReadOnlySpan<int> Codes => _codes;

    /// <summary>The different texts; empty for numbers.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>Whether a row has no value.</summary>
    public bool IsMissing(int row) => IsText ? _codes[row] < 0 : double.IsNaN(_numbers[row]);

    /// <summary>The text of a row, numbers in the shortest form that reads back the same; null where missing.</summary>
    public string? Text(int row) => IsMissing(row) ? null : IsText ? Values[_codes[row]] : Format(_numbers[row]);

    /// <summary>The column as numbers; texts that are none become NaN.</summary>
    public double[] ToNumbers() => IsText ? ToNumbers(CellText.TryNumber) : _numbers;

    /// <summary>The column as numbers by a rule of its own, which is asked once for every different text.</summary>
    internal double[] ToNumbers(TryConvert convert)
    {
        var numbers = new double[RowCount];
        if (!IsText)
        {
            for (var row = 0; row < numbers.Length; row++)
            {
                numbers[row] = !double.IsNaN(_numbers[row]) && convert(Format(_numbers[row]), out var number) ? number : double.NaN;
            }

            return numbers;
        }

        var converted = new double[Values.Count];
        for (var code = 0; code < converted.Length; code++)
        {
            converted[code] = convert(Values[code], out var number) ? number : double.NaN;
        }

        for (var row = 0; row < numbers.Length; row++)
        {
            numbers[row] = _codes[row] < 0 ? double.NaN : converted[_codes[row]];
        }

        return numbers;
    }

    /// <summary>The column as texts.</summary>
    public TableColumn ToText()
    {
        if (IsText)
        {
            return this;
        }

        var codes = new int[_numbers.Length];
        List<string> values = [];
        Dictionary<double, int> known = [];
        for (var row = 0; row < codes.Length; row++)
        {
            if (double.IsNaN(_numbers[row]))
            {
                codes[row] = -1;
                continue;
            }

            if (!known.TryGetValue(_numbers[row], out var code))
            {
                code = values.Count;
                known.Add(_numbers[row], code);
                values.Add(Format(_numbers[row]));
            }

            codes[row] = code;
        }

        return new(Name, codes, values);
    }

    /// <summary>A copy of some rows, in the order given.</summary>
    public TableColumn Take(ReadOnlySpan<int> rows)
    {
        if (IsText)
        {
            var codes = new int[rows.Length];
            for (var i = 0; i < rows.Length; i++)
            {
                codes[i] = _codes[rows[i]];
            }

            return new(Name, codes, Values);
        }

        var numbers = new double[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            numbers[i] = _numbers[rows[i]];
        }

        return new(Name, numbers);
    }

    /// <summary>The same cells under another name.</summary>
    public TableColumn Rename(string name) => IsText ? new(name, _codes, Values) : new(name, _numbers);

    /// <summary>A number as a text.</summary>
    internal static string Format(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Makes a number of a text; false when it is none.</summary>
    internal delegate bool TryConvert(string text, out double number);
}
