using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Neighbors;

/// <summary>Random maps to fewer features that nearly keep distances (Johnson and Lindenstrauss 1984).</summary>
/// <remarks>The map follows from its seed and sizes, so it need not be stored.</remarks>
public sealed class DimensionReduction
{
    private readonly float[] _signs;
    private readonly int[] _kept;
    private readonly int _padded;

    /// <summary>Creates the map.</summary>
    /// <param name="isFast">
    /// Whether it is the fast transform by random signs, Walsh and Hadamard's matrix and a sample (Ailon and Chazelle 2009, with
    /// the sampling of Tropp 2011); otherwise a matrix of random signs (Achlioptas 2003).
    /// </param>
    /// <param name="from">Number of features.</param>
    /// <param name="to">Number of features of the result.</param>
    /// <param name="seed">The seed.</param>
    public DimensionReduction(bool isFast, int from, int to, long seed)
    {
        (FeatureCount, TargetCount) = (from, to);
        var random = new RandomStream(seed, 77);
        _padded = isFast ? (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)from) : 0;
        _signs = new float[isFast ? _padded : checked(from * to)];
        for (var i = 0; i < _signs.Length; i++)
        {
            _signs[i] = (random.NextBits() & 1) == 0 ? 1 : -1;
        }

        _kept = isFast ? random.Sample(_padded, to) : [];
    }

    /// <summary>Number of features.</summary>
    public int FeatureCount { get; }

    /// <summary>Number of features of the result.</summary>
    public int TargetCount { get; }

    /// <summary>Maps rows.</summary>
    public FeatureMatrix Apply(FeatureMatrix rows)
    {
        var values = new float[checked(rows.RowCount * TargetCount)];
        var scale = 1 / MathF.Sqrt(TargetCount);
        if (_padded == 0)
        {
            MatrixKernel.Multiply(rows.Values, FeatureCount, 1, _signs, TargetCount, values, TargetCount, rows.RowCount, TargetCount, FeatureCount);
            System.Numerics.Tensors.TensorPrimitives.Multiply(values, scale, values);
            return new(values, rows.RowCount, TargetCount);
        }

        var buffer = new float[_padded];
        for (var i = 0; i < rows.RowCount; i++)
        {
            var row = rows.Row(i);
            Array.Clear(buffer);
            for (var j = 0; j < row.Length; j++)
            {
                buffer[j] = row[j] * _signs[j];
            }

            Hadamard(buffer);
            for (var t = 0; t < TargetCount; t++)
            {
                values[(i * TargetCount) + t] = buffer[_kept[t]] * scale;
            }
        }

        return new(values, rows.RowCount, TargetCount);
    }

    private static void Hadamard(float[] values)
    {
        for (var half = 1; half < values.Length; half *= 2)
        {
            for (var start = 0; start < values.Length; start += 2 * half)
            {
                for (var j = start; j < start + half; j++)
                {
                    var (a, b) = (values[j], values[j + half]);
                    values[j] = a + b;
                    values[j + half] = a - b;
                }
            }
        }
    }
}
