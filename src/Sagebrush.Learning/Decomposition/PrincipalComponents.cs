using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Decomposition;

/// <summary>
/// Learns principal components: from the eigenvectors of the covariance matrix, or, for many features, by subspace iteration from
/// random directions (Halko, Martinsson and Tropp, "Finding structure with randomness", 2011).
/// </summary>
public sealed class PrincipalComponents
{
    private const int PowerIterations = 5;

    /// <summary>Up to so many features the whole matrix is quicker than random projections, and exact.</summary>
    private const int FewFeatures = 256;
    private readonly PrincipalComponentsOptions _options;

    /// <summary>Creates a learner.</summary>
    public PrincipalComponents(PrincipalComponentsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ComponentCount, 1, nameof(options));
        _options = options;
    }

    /// <summary>Features at most for the whole covariance matrix.</summary>
    public const int MostFeatures = 8192;

    /// <summary>Learns.</summary>
    /// <param name="rows">The rows; all values must be finite.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="ArgumentException">There are no rows, fewer features than components, or too many for the whole matrix.</exception>
    public PrincipalComponentsModel Fit(FeatureMatrix rows, CancellationToken cancellationToken = default)
    {
        var (features, components) = (rows.ColumnCount, _options.ComponentCount);
        if (rows.RowCount == 0 || components > features)
        {
            throw new ArgumentException($"{components} components cannot be had of {rows.RowCount} rows of {features} features.");
        }

        if (!_options.IsRandomized && features > MostFeatures)
        {
            throw new ArgumentException($"{features} features are too many for the whole covariance matrix, {MostFeatures} at most; use random projections.");
        }

        var means = _options.SubtractMean ? GramMatrix.Means(rows) : new float[features];
        var gram = GramMatrix.OfCentered(rows, means, _options.Threads, cancellationToken);
        var (values, vectors) = _options.IsRandomized && features > FewFeatures ? Randomized(gram, features) : Whole(gram, features);
        var directions = new float[components * features];
        for (var k = 0; k < components; k++)
        {
            Orient(vectors.AsSpan(k * features, features), directions.AsSpan(k * features, features));
        }

        // Rounding may leave tiny negative eigenvalues.
        return new(means, directions, [.. values.Take(components).Select(value => (float)Math.Sqrt(Math.Max(0, value)))], rows.RowCount);
    }

    private static (double[] Values, double[] Vectors) Whole(GramMatrix gram, int features)
    {
        var matrix = gram.Whole();
        for (var i = 0; i < features; i++)
        {
            for (var j = 0; j < i; j++)
            {
                matrix[(i * features) + j] = matrix[(j * features) + i];
            }
        }

        return (SymmetricEigen.Decompose(matrix, features), matrix);
    }

    private (double[] Values, double[] Vectors) Randomized(GramMatrix gram, int features)
    {
        var extra = _options.ExtraComponents ?? Math.Max(10, _options.ComponentCount);
        var count = Math.Min(features, _options.ComponentCount + extra);
        var random = new RandomStream(_options.Seed);
        var basis = new double[features * count];
        for (var i = 0; i < basis.Length; i++)
        {
            basis[i] = random.NextNormal();
        }

        Orthonormalize(basis, features, count);
        double[] image = [];
        for (var iteration = 0; iteration <= PowerIterations; iteration++)
        {
            if (iteration > 0)
            {
                basis = image;
                Orthonormalize(basis, features, count);
            }

            image = gram.Times([.. basis.Select(value => (float)value)], count);
        }

        // Rayleigh and Ritz: the small matrix VᵀXᵀXV has the eigenvalues, and its vectors turn V into the components.
        var small = new double[count * count];
        for (var a = 0; a < count; a++)
        {
            for (var b = 0; b < count; b++)
            {
                double sum = 0;
                for (var i = 0; i < features; i++)
                {
                    sum += basis[(i * count) + a] * image[(i * count) + b];
                }

                small[(a * count) + b] += sum / 2;
                small[(b * count) + a] += sum / 2;
            }
        }

        var values = SymmetricEigen.Decompose(small, count);
        var vectors = new double[_options.ComponentCount * features];
        for (var k = 0; k < _options.ComponentCount; k++)
        {
            for (var i = 0; i < features; i++)
            {
                double sum = 0;
                for (var a = 0; a < count; a++)
                {
                    sum += small[(k * count) + a] * basis[(i * count) + a];
                }

                vectors[(k * features) + i] = sum;
            }
        }

        return (values, vectors);
    }

    /// <summary>Gram and Schmidt, twice, so that rounding does not matter; directions that vanish become 0.</summary>
    private static void Orthonormalize(double[] basis, int rows, int count)
    {
        for (var k = 0; k < count; k++)
        {
            var before = Norm(basis, rows, count, k);
            for (var pass = 0; pass < 2; pass++)
            {
                for (var other = 0; other < k; other++)
                {
                    double dot = 0;
                    for (var i = 0; i < rows; i++)
                    {
                        dot += basis[(i * count) + k] * basis[(i * count) + other];
                    }

                    for (var i = 0; i < rows; i++)
                    {
                        basis[(i * count) + k] -= dot * basis[(i * count) + other];
                    }
                }
            }

            var norm = Norm(basis, rows, count, k);
            var factor = norm > 1e-12 * before ? 1 / norm : 0;
            for (var i = 0; i < rows; i++)
            {
                basis[(i * count) + k] *= factor;
            }
        }
    }

    private static double Norm(double[] basis, int rows, int count, int column)
    {
        double sum = 0;
        for (var i = 0; i < rows; i++)
        {
            sum += basis[(i * count) + column] * basis[(i * count) + column];
        }

        return Math.Sqrt(sum);
    }

    /// <summary>Of the two signs, the one that makes the largest weight positive.</summary>
    private static void Orient(ReadOnlySpan<double> vector, Span<float> to)
    {
        var largest = 0;
        for (var i = 1; i < vector.Length; i++)
        {
            largest = Math.Abs(vector[i]) > Math.Abs(vector[largest]) ? i : largest;
        }

        var sign = vector[largest] < 0 ? -1 : 1;
        for (var i = 0; i < vector.Length; i++)
        {
            to[i] = (float)(sign * vector[i]);
        }
    }
}
