using System.Globalization;

namespace Sagebrush.Services.Clarify;

/// <summary>The features a model sees, as numbers: what is not a number is the place of its word among those of its column.</summary>
internal sealed class FeatureSpace
{
    private readonly string[][] _words;

    public FeatureSpace(ClarifyTable table, IReadOnlyList<int> columns)
    {
        Names = [.. columns.Select(column => table.Headers[column])];
        var cells = columns.Select(column => table.Columns[column]).ToArray();
        _words = Array.ConvertAll(cells, column => column.All(cell => cell.Length == 0 || ClarifyTable.IsNumber(cell))
            ? [] : column.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray());
        Rows = new double[table.Rows][];
        for (var row = 0; row < Rows.Length; row++)
        {
            Rows[row] = Encode([.. cells.Select(column => column[row])]);
        }
    }

    /// <summary>Names of the features.</summary>
    public string[] Names { get; }

    /// <summary>The rows as numbers.</summary>
    public double[][] Rows { get; }

    /// <summary>Number of features.</summary>
    public int Count => Names.Length;

    /// <summary>Whether a feature's values are numbers.</summary>
    public bool IsNumeric(int feature) => _words[feature].Length == 0;

    /// <summary>A row of cells as numbers.</summary>
    /// <exception cref="ClarifyException">A cell is no number, or no word the data set has.</exception>
    public double[] Encode(IReadOnlyList<string> cells)
    {
        if (cells.Count != Count)
        {
            throw new ClarifyException($"A row has {cells.Count} features; the dataset has {Count}.");
        }

        var values = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            if (!IsNumeric(i))
            {
                values[i] = Array.IndexOf(_words[i], cells[i]) is var place and >= 0
                    ? place : throw new ClarifyException($"The feature {Names[i]} has no value '{cells[i]}' in the dataset.");
            }
            else
            {
                values[i] = cells[i].Length == 0 ? double.NaN
                    : ClarifyTable.TryNumber(cells[i], out var number) ? number : throw new ClarifyException($"The feature {Names[i]} is a number; '{cells[i]}' is not.");
            }
        }

        return values;
    }

    /// <summary>What a number of a feature is written as.</summary>
    public string Text(int feature, double value) => !IsNumeric(feature) ? _words[feature][(int)value]
        : double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
