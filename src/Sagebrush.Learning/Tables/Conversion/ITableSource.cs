namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>Rows that come out of files.</summary>
internal interface ITableSource : IDisposable
{
    /// <summary>Whether values need 64 bits.</summary>
    bool IsDouble { get; }

    /// <summary>Names of all columns, labels first; empty when there are none.</summary>
    IReadOnlyList<string> Header { get; }

    /// <summary>Reads the next row; false at the end.</summary>
    bool Read(TableRow row);
}
