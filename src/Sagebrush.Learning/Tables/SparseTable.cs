namespace Sagebrush.Learning.Tables;

/// <summary>A labelled table in compressed rows, as libsvm files hold it; what is absent is missing.</summary>
public sealed class SparseTable
{
    /// <summary>Where each row starts among the values, and at the end their number.</summary>
    public required long[] RowStarts { get; init; }

    /// <summary>Column per value, as written in the file: nothing is shifted, so files that count from 1 leave column 0 empty.</summary>
    public required int[] Indices { get; init; }

    /// <summary>The values.</summary>
    public required float[] Values { get; init; }

    /// <summary>Label per row.</summary>
    public required float[] Labels { get; init; }

    /// <summary>Weight per row; null when no row gives one.</summary>
    public float[]? Weights { get; init; }

    /// <summary>Sizes of consecutive rows of the same <c>qid</c>; null when no row gives one.</summary>
    public uint[]? GroupSizes { get; init; }

    /// <summary>Number of rows.</summary>
    public int RowCount => Labels.Length;

    /// <summary>The largest column plus one.</summary>
    public required int ColumnCount { get; init; }
}
