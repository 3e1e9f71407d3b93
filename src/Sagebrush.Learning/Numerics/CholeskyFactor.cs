using System.Numerics.Tensors;

namespace Sagebrush.Learning.Numerics;

/// <summary>The lower triangular L of a symmetric, positive semidefinite matrix A with a trace of ridge: A + rI = LLᵀ.</summary>
internal sealed class CholeskyFactor
{
    private readonly int _size;
    private readonly double[] _factor;

    private CholeskyFactor(int size) => (_size, _factor) = (size, new double[size * size]);

    /// <summary>Factors a matrix.</summary>
    /// <param name="matrix">A, row after row; its lower triangle alone is read.</param>
    /// <param name="size">Its rows.</param>
    /// <param name="ridge">r, above 0. What was rounded may leave a matrix a little less than semidefinite: then r grows tenfold until it is enough.</param>
    public static CholeskyFactor Of(ReadOnlySpan<double> matrix, int size, double ridge)
    {
        var factor = new CholeskyFactor(size);
        while (!factor.TryFill(matrix, ridge))
        {
            ridge *= 10;
        }

        return factor;
    }

    /// <summary>Solves (A + rI) x = b.</summary>
    /// <param name="values">b, and then x.</param>
    public void Solve(Span<double> values)
    {
        for (var i = 0; i < _size; i++)
        {
            values[i] = (values[i] - TensorPrimitives.Dot<double>(_factor.AsSpan(i * _size, i), values[..i])) / _factor[(i * _size) + i];
        }

        for (var i = _size - 1; i >= 0; i--)
        {
            values[i] /= _factor[(i * _size) + i];
            TensorPrimitives.MultiplyAdd(_factor.AsSpan(i * _size, i), -values[i], values[..i], values[..i]);
        }
    }

    private bool TryFill(ReadOnlySpan<double> matrix, double ridge)
    {
        for (var i = 0; i < _size; i++)
        {
            var row = _factor.AsSpan(i * _size, i);
            for (var j = 0; j < i; j++)
            {
                row[j] = (matrix[(i * _size) + j] - TensorPrimitives.Dot(row[..j], _factor.AsSpan(j * _size, j))) / _factor[(j * _size) + j];
            }

            var left = matrix[(i * _size) + i] + ridge - TensorPrimitives.SumOfSquares<double>(row);
            if (left < ridge / 2)
            {
                return false;
            }

            _factor[(i * _size) + i] = Math.Sqrt(left);
        }

        return true;
    }
}
