using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.Features;

/// <summary>The columns of a table by their names; conversions are made once, however many steps want them.</summary>
internal sealed class FeatureSource(TypedTable table)
{
    private readonly Dictionary<string, TableColumn> _columns = table.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
    private readonly Dictionary<string, double[]> _numbers = new(StringComparer.Ordinal);

    /// <summary>Number of rows.</summary>
    public int RowCount => table.RowCount;

    /// <summary>A column as it is.</summary>
    public TableColumn Column(string name) =>
        _columns.GetValueOrDefault(name) ?? throw new ArgumentException($"The table has no column '{name}'.", nameof(name));

    /// <summary>A column as numbers; a boolean's yes is 1.</summary>
    public double[] Numbers(string name)
    {
        if (!_numbers.TryGetValue(name, out var numbers))
        {
            numbers = Column(name).ToNumbers();
            _numbers.Add(name, numbers);
        }

        return numbers;
    }
}
