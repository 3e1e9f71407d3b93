namespace Sagebrush.Learning.Numerics;

/// <summary>Eigenvalues and eigenvectors of a symmetric matrix.</summary>
/// <remarks>Householder's reduction to a tridiagonal matrix and the implicit QL method (Bowdler, Martin, Reinsch and Wilkinson 1968).</remarks>
public static class SymmetricEigen
{
    private const int MostIterations = 60;

    /// <summary>Decomposes.</summary>
    /// <param name="matrix">The matrix, row after row; it is overwritten with the eigenvectors, one per row.</param>
    /// <param name="size">Its rows and columns.</param>
    /// <returns>The eigenvalues, largest first, in the order of the vectors.</returns>
    /// <exception cref="ArithmeticException">It does not converge: the matrix has values that are not finite.</exception>
    public static double[] Decompose(double[] matrix, int size)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var d = new double[size];
        var e = new double[size];
        Tridiagonalize(matrix, size, d, e);

        // From here on vectors are rows, so that the rotations run along memory.
        Transpose(matrix, size);
        Iterate(matrix, size, d, e);
        Sort(matrix, size, d);
        return d;
    }

    private static void Tridiagonalize(double[] v, int n, double[] d, double[] e)
    {
        for (var i = n - 1; i > 0; i--)
        {
            double h = 0;
            double scale = 0;
            for (var k = 0; k < i; k++)
            {
                scale += Math.Abs(v[(i * n) + k]);
            }

            if (i == 1 || scale == 0)
            {
                e[i] = v[(i * n) + i - 1];
                d[i] = 0;
                continue;
            }

            for (var k = 0; k < i; k++)
            {
                v[(i * n) + k] /= scale;
                h += v[(i * n) + k] * v[(i * n) + k];
            }

            var f = v[(i * n) + i - 1];
            var g = f > 0 ? -Math.Sqrt(h) : Math.Sqrt(h);
            e[i] = scale * g;
            h -= f * g;
            v[(i * n) + i - 1] = f - g;

            // e = A u / h with the lower triangle alone.
            Array.Clear(e, 0, i);
            for (var j = 0; j < i; j++)
            {
                var u = v[(i * n) + j];
                double sum = 0;
                for (var k = 0; k < j; k++)
                {
                    sum += v[(j * n) + k] * v[(i * n) + k];
                    e[k] += v[(j * n) + k] * u;
                }

                e[j] += sum + (v[(j * n) + j] * u);
            }

            f = 0;
            for (var j = 0; j < i; j++)
            {
                v[(j * n) + i] = v[(i * n) + j] / h;
                e[j] /= h;
                f += e[j] * v[(i * n) + j];
            }

            var half = f / (h + h);
            for (var j = 0; j < i; j++)
            {
                f = v[(i * n) + j];
                e[j] -= half * f;
                g = e[j];
                for (var k = 0; k <= j; k++)
                {
                    v[(j * n) + k] -= (f * e[k]) + (g * v[(i * n) + k]);
                }
            }

            d[i] = h;
        }

        Accumulate(v, n, d);
        e[0] = 0;
    }

    private static void Accumulate(double[] v, int n, double[] d)
    {
        d[0] = 0;
        var sums = new double[n];
        for (var i = 0; i < n; i++)
        {
            if (d[i] != 0)
            {
                Array.Clear(sums, 0, i);
                for (var k = 0; k < i; k++)
                {
                    var u = v[(i * n) + k];
                    for (var j = 0; j < i; j++)
                    {
                        sums[j] += u * v[(k * n) + j];
                    }
                }

                for (var k = 0; k < i; k++)
                {
                    var u = v[(k * n) + i];
                    for (var j = 0; j < i; j++)
                    {
                        v[(k * n) + j] -= sums[j] * u;
                    }
                }
            }

            d[i] = v[(i * n) + i];
            v[(i * n) + i] = 1;
            for (var j = 0; j < i; j++)
            {
                v[(j * n) + i] = 0;
                v[(i * n) + j] = 0;
            }
        }
    }

    private static void Iterate(double[] v, int n, double[] d, double[] e)
    {
        for (var i = 1; i < n; i++)
        {
            e[i - 1] = e[i];
        }

        e[n - 1] = 0;
        for (var l = 0; l < n; l++)
        {
            for (var iteration = 0; ; iteration++)
            {
                var m = l;
                while (m < n - 1 && Math.Abs(e[m]) > double.Epsilon && Math.Abs(e[m]) > 1e-16 * (Math.Abs(d[m]) + Math.Abs(d[m + 1])))
                {
                    m++;
                }

                if (m == l)
                {
                    break;
                }

                if (iteration == MostIterations)
                {
                    throw new ArithmeticException("The eigenvalues do not converge: the matrix has values that are not finite.");
                }

                Rotate(v, n, d, e, l, m);
            }
        }
    }

    private static void Rotate(double[] v, int n, double[] d, double[] e, int l, int m)
    {
        var g = (d[l + 1] - d[l]) / (2 * e[l]);
        var r = Math.Sqrt((g * g) + 1);
        g = d[m] - d[l] + (e[l] / (g + (g < 0 ? -r : r)));
        double s = 1;
        double c = 1;
        double p = 0;
        for (var i = m - 1; i >= l; i--)
        {
            var f = s * e[i];
            var b = c * e[i];
            r = Math.Sqrt((f * f) + (g * g));
            e[i + 1] = r;
            if (r == 0)
            {
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }

            s = f / r;
            c = g / r;
            g = d[i + 1] - p;
            r = ((d[i] - g) * s) + (2 * c * b);
            p = s * r;
            d[i + 1] = g + p;
            g = (c * r) - b;
            var first = v.AsSpan(i * n, n);
            var second = v.AsSpan((i + 1) * n, n);
            for (var k = 0; k < n; k++)
            {
                f = second[k];
                second[k] = (s * first[k]) + (c * f);
                first[k] = (c * first[k]) - (s * f);
            }
        }

        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }

    private static void Transpose(double[] v, int n)
    {
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
            {
                (v[(i * n) + j], v[(j * n) + i]) = (v[(j * n) + i], v[(i * n) + j]);
            }
        }
    }

    private static void Sort(double[] v, int n, double[] d)
    {
        for (var i = 0; i < n - 1; i++)
        {
            var largest = i;
            for (var j = i + 1; j < n; j++)
            {
                largest = d[j] > d[largest] ? j : largest;
            }

            if (largest == i)
            {
                continue;
            }

            (d[i], d[largest]) = (d[largest], d[i]);
            for (var k = 0; k < n; k++)
            {
                (v[(i * n) + k], v[(largest * n) + k]) = (v[(largest * n) + k], v[(i * n) + k]);
            }
        }
    }
}
