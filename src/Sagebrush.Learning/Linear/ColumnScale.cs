using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Linear;

/// <summary>Shift and scale per feature; a constant feature is scaled to 0.</summary>
internal readonly record struct ColumnScale(double[] Means, double[] Scales)
{
    /// <summary>Means and standard deviations of rows spread evenly over the table.</summary>
    public static ColumnScale Of(FeatureMatrix features, int rows, bool shift, bool scale)
    {
        var columns = features.ColumnCount;
        var means = new double[columns];
        var squares = new double[columns];
        var step = Math.Max(1, features.RowCount / Math.Max(1, rows));
        var count = 0;
        for (var i = 0; i < features.RowCount; i += step, count++)
        {
            var row = features.Row(i);
            for (var j = 0; j < row.Length; j++)
            {
                var delta = row[j] - means[j];
                means[j] += delta / (count + 1);
                squares[j] += delta * (row[j] - means[j]);
            }
        }

        var scales = new double[columns];
        for (var j = 0; j < columns; j++)
        {
            var deviation = Math.Sqrt(squares[j] / Math.Max(1, count));
            var isConstant = deviation <= 1e-7 * Math.Abs(means[j]) || deviation == 0;
            if (isConstant && step > 1)
            {
                // Rare values may all have been passed over.
                deviation = Deviation(features, j, means[j]);
                isConstant = deviation == 0;
            }

            // Without a shift a constant feature is another bias, and harmless.
            scales[j] = isConstant ? (shift ? 0 : 1) : scale ? 1 / deviation : 1;
            means[j] = shift ? means[j] : 0;
        }

        return new(means, scales);
    }

    /// <summary>Writes scaled rows, each followed by 1 for the bias.</summary>
    public void Apply(FeatureMatrix features, ReadOnlySpan<int> rows, float bias, Span<float> to)
    {
        var columns = features.ColumnCount;
        foreach (var index in rows)
        {
            Apply(features.Row(index), to);
            to[columns] = bias;
            to = to[(columns + 1)..];
        }
    }

    private void Apply(ReadOnlySpan<float> row, Span<float> to)
    {
        var j = 0;
        ReadOnlySpan<double> means = Means.AsSpan(0, row.Length);
        ReadOnlySpan<double> scales = Scales.AsSpan(0, row.Length);
        ref var target = ref MemoryMarshal.GetReference(to[..row.Length]);
        for (; j + Vector256<float>.Count <= row.Length; j += Vector256<float>.Count)
        {
            var (lower, upper) = Vector256.Widen(Vector256.Create(row[j..]));
            lower = (lower - Vector256.Create(means[j..])) * Vector256.Create(scales[j..]);
            upper = (upper - Vector256.Create(means[(j + 4)..])) * Vector256.Create(scales[(j + 4)..]);
            Vector256.Narrow(lower, upper).StoreUnsafe(ref target, (nuint)j);
        }

        for (; j < row.Length; j++)
        {
            to[j] = (float)((row[j] - means[j]) * scales[j]);
        }
    }

    private static double Deviation(FeatureMatrix features, int column, double mean)
    {
        double sum = 0;
        var values = features.Values;
        for (var at = column; at < values.Length; at += features.ColumnCount)
        {
            sum += (values[at] - mean) * (values[at] - mean);
        }

        var deviation = Math.Sqrt(sum / features.RowCount);
        return deviation <= 1e-7 * Math.Abs(mean) ? 0 : deviation;
    }
}
