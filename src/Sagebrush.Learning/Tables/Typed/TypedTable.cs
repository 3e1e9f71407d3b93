namespace Sagebrush.Learning.Tables.Typed;

/// <summary>A table of named columns, each of numbers or of texts.</summary>
public sealed class TypedTable
{
    /// <summary>Takes columns of one length.</summary>
    public TypedTable(IReadOnlyList<TableColumn> columns, int rowCount)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.FirstOrDefault(column => column.RowCount != rowCount) is { } other)
        {
            throw new ArgumentException($"Column '{other.Name}' has {other.RowCount} rows, not {rowCount}.", nameof(columns));
        }

        (Columns, RowCount) = (columns, rowCount);
    }

    /// <summary>The columns, in the order of the file.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; }

    /// <summary>The position of a column; -1 when there is none of that name.</summary>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (string.Equals(Columns[i].Name, name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A copy of some rows, in the order given.</summary>
    public TypedTable Take(int[] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new([.. Columns.Select(column => column.Take(rows))], rows.Length);
    }

    /// <summary>The same rows with some columns alone.</summary>
    public TypedTable Select(IEnumerable<int> columns) => new([.. columns.Select(column => Columns[column])], RowCount);

    /// <summary>Names that are each given once: an empty one becomes <c>column_N</c>, N its place from 1; the second of a name becomes <c>NAME.1</c>, as in pandas.</summary>
    public static IReadOnlyList<string> UniqueNames(IEnumerable<string> names)
    {
        HashSet<string> taken = new(StringComparer.Ordinal);
        List<string> unique = [];
        foreach (var given in names)
        {
            var name = string.IsNullOrWhiteSpace(given) ? $"column_{unique.Count + 1}" : given;
            var candidate = name;
            for (var i = 1; !taken.Add(candidate); i++)
            {
                candidate = $"{name}.{i}";
            }

            unique.Add(candidate);
        }

        return unique;
    }
}
