namespace Sagebrush.Learning.Tables.RecordIO;

/// <summary>Rows read from RecordIO-protobuf: dense, or compressed when the records are sparse.</summary>
public sealed class RecordTable
{
    /// <summary>Number of rows.</summary>
    public required int RowCount { get; init; }

    /// <summary>Number of features.</summary>
    public required int ColumnCount { get; init; }

    /// <summary>Row after row, all values of a dense table, those present of a sparse one.</summary>
    public required ReadOnlyMemory<float> Values { get; init; }

    /// <summary>For a sparse table where each row starts among the values, and at the end their number; null for a dense one.</summary>
    public ReadOnlyMemory<long>? RowStarts { get; init; }

    /// <summary>For a sparse table the column of each value, from 0; null for a dense one.</summary>
    public ReadOnlyMemory<int>? Indices { get; init; }

    /// <summary>Labels per row, the same number for all; 0 when there are none.</summary>
    public required int LabelCount { get; init; }

    /// <summary>The labels, row after row.</summary>
    public required ReadOnlyMemory<float> Labels { get; init; }

    /// <summary>Whether the records were sparse.</summary>
    public bool IsSparse => RowStarts is not null;
}
