using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Trees.Binning;

namespace Sagebrush.Learning.Trees.Boosting;

/// <summary>Sums of gradients and hessians per feature and bin of a leaf.</summary>
/// <remarks>Each feature is summed up by one thread in the order of the rows, so the sums are the same for any number of threads.</remarks>
internal sealed class LeafHistograms(int features)
{
    /// <summary>Room per feature: a bin per code, that of missing values being the last.</summary>
    public const int Stride = 256;

    /// <summary>Sums of so many rows and features are not worth a second thread.</summary>
    private const int SmallWork = 20_000;

    private readonly Vector128<double>[] _sums = new Vector128<double>[features * Stride];

    /// <summary>The sums of a feature.</summary>
    public ReadOnlySpan<Vector128<double>> Of(int feature) => _sums.AsSpan(feature * Stride, Stride);

    /// <summary>Sums up rows.</summary>
    /// <param name="table">Their codes.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="derivatives">Gradient and hessian of each of them, in the same order.</param>
    /// <param name="features">The features to sum up for.</param>
    /// <param name="threads">Threads at most; 0 for all processors.</param>
    public void Fill(BinnedTable table, ReadOnlyMemory<int> rows, ReadOnlyMemory<Vector128<double>> derivatives, int[] features, int threads)
    {
        var small = (long)rows.Length * features.Length < SmallWork;
        RowChunks.Run(features.Length, 1, small ? 1 : threads, (i, _, _) =>
        {
            var feature = features[i];
            var sums = _sums.AsSpan(feature * Stride, Stride);
            sums.Clear();
            Add(table.Columns[feature], rows.Span, derivatives.Span, sums);
        });
    }

    /// <summary>Takes the sums of a part away: what is left are those of the other part.</summary>
    public void Subtract(LeafHistograms part, BinnedTable table, int[] features)
    {
        foreach (var feature in features)
        {
            var count = table.Features[feature].Count;
            var mine = MemoryMarshal.Cast<Vector128<double>, double>(_sums.AsSpan(feature * Stride, count));
            System.Numerics.Tensors.TensorPrimitives.Subtract<double>(
                mine, MemoryMarshal.Cast<Vector128<double>, double>(part._sums.AsSpan(feature * Stride, count)), mine);
            _sums[(feature * Stride) + FeatureBins.Missing] -= part._sums[(feature * Stride) + FeatureBins.Missing];
        }
    }

    // Codes are bytes and there are 256 sums, so no index can be outside; rows are checked by the caller's partition.
    private static void Add(byte[] codes, ReadOnlySpan<int> rows, ReadOnlySpan<Vector128<double>> derivatives, Span<Vector128<double>> sums)
    {
        ref var first = ref MemoryMarshal.GetReference(sums);
        var i = 0;
        for (; i + 4 <= rows.Length; i += 4)
        {
            var (a, b, c, d) = (codes[rows[i]], codes[rows[i + 1]], codes[rows[i + 2]], codes[rows[i + 3]]);
            Unsafe.Add(ref first, (nuint)a) += derivatives[i];
            Unsafe.Add(ref first, (nuint)b) += derivatives[i + 1];
            Unsafe.Add(ref first, (nuint)c) += derivatives[i + 2];
            Unsafe.Add(ref first, (nuint)d) += derivatives[i + 3];
        }

        for (; i < rows.Length; i++)
        {
            Unsafe.Add(ref first, (nuint)codes[rows[i]]) += derivatives[i];
        }
    }
}
