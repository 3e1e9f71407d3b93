using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Trees.Binning;

/// <summary>Features as codes of their bins, a byte each, column after column.</summary>
internal sealed class BinnedTable
{
    private const int ChunkRows = 4096;

    /// <summary>Rows that bins are formed from at most: more change the edges by less than they differ between samples.</summary>
    private const int SampledRows = 200_000;

    private BinnedTable(byte[][] columns, FeatureBins[] features, int rowCount)
    {
        Columns = columns;
        Features = features;
        RowCount = rowCount;
    }

    /// <summary>The codes of each feature.</summary>
    public byte[][] Columns { get; }

    /// <summary>The bins of each feature.</summary>
    public FeatureBins[] Features { get; }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; }

    /// <summary>Forms bins and codes a table.</summary>
    /// <param name="matrix">The rows.</param>
    /// <param name="mostBins">Bins per feature at most.</param>
    /// <param name="categorical">Which features are categories; empty for none.</param>
    /// <param name="seed">Chooses the rows that bins are formed from, when there are many.</param>
    /// <param name="threads">Threads at most; 0 for all processors.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static BinnedTable Create(
        FeatureMatrix matrix, int mostBins, IReadOnlySet<int> categorical, long seed, int threads, CancellationToken cancellationToken)
    {
        var values = Transpose(matrix, threads, cancellationToken);
        var features = new FeatureBins[matrix.ColumnCount];
        var columns = new byte[matrix.ColumnCount][];
        var sample = matrix.RowCount > SampledRows ? new RandomStream(seed, -1).Sample(matrix.RowCount, SampledRows) : null;
        RowChunks.Run(matrix.ColumnCount, 1, threads, (feature, _, _) =>
        {
            var column = values[feature];
            var chosen = sample is null ? [.. column] : Array.ConvertAll(sample, row => column[row]);
            var bins = categorical.Contains(feature) ? FeatureBins.OfCategories(chosen) : FeatureBins.OfNumbers(chosen, mostBins);
            var codes = GC.AllocateUninitializedArray<byte>(column.Length);
            bins.Encode(column, codes);
            (features[feature], columns[feature]) = (bins, codes);
        }, cancellationToken);
        return new(columns, features, matrix.RowCount);
    }

    private static float[][] Transpose(FeatureMatrix matrix, int threads, CancellationToken cancellationToken)
    {
        var columns = new float[matrix.ColumnCount][];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = GC.AllocateUninitializedArray<float>(matrix.RowCount);
        }

        RowChunks.Run(matrix.RowCount, ChunkRows, threads, (_, start, end) =>
        {
            const int Tile = 16;
            var source = matrix.Values;
            for (var first = 0; first < columns.Length; first += Tile)
            {
                var last = Math.Min(columns.Length, first + Tile);
                for (var row = start; row < end; row++)
                {
                    var cells = source.Slice(row * columns.Length, columns.Length);
                    for (var feature = first; feature < last; feature++)
                    {
                        columns[feature][row] = cells[feature];
                    }
                }
            }
        }, cancellationToken);
        return columns;
    }
}
