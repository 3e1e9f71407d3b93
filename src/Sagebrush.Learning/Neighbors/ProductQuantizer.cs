using Sagebrush.Learning.Clustering;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Neighbors;

/// <summary>Vectors in a few bytes: each byte names one of 256 centers of a part of the features.</summary>
internal sealed class ProductQuantizer
{
    private const int MostCenters = 256;
    private const int RowsPerCenter = 64;
    private readonly KMeansModel[] _parts;
    private readonly int _width;

    private ProductQuantizer(KMeansModel[] parts, int width)
    {
        _parts = parts;
        _width = width;
    }

    public int CodeBytes => _parts.Length;

    public static ProductQuantizer Learn(FeatureMatrix vectors, NeighborIndexOptions options, CancellationToken cancellationToken)
    {
        var width = (vectors.ColumnCount + options.CodeBytes - 1) / options.CodeBytes;
        var step = Math.Max(1, vectors.RowCount / (MostCenters * RowsPerCenter));
        var sample = Enumerable.Range(0, (vectors.RowCount + step - 1) / step).Select(i => i * step).ToArray();
        var parts = new KMeansModel[options.CodeBytes];
        for (var part = 0; part < parts.Length; part++)
        {
            var rows = Part(vectors.Take(sample), part, width);
            parts[part] = new KMeans(new()
            {
                ClusterCount = Math.Min(MostCenters, rows.RowCount),
                ExtraCenterFactor = 1,
                Threads = options.Threads,
                Seed = options.Seed + part,
            }).Fit(rows, cancellationToken: cancellationToken);
        }

        return new(parts, width);
    }

    public byte[] Encode(FeatureMatrix vectors)
    {
        var codes = new byte[vectors.RowCount * CodeBytes];
        var nearest = new int[vectors.RowCount];
        var distances = new float[vectors.RowCount];
        for (var part = 0; part < _parts.Length; part++)
        {
            _parts[part].Predict(Part(vectors, part, _width), nearest, distances);
            for (var i = 0; i < nearest.Length; i++)
            {
                codes[(i * CodeBytes) + part] = (byte)nearest[i];
            }
        }

        return codes;
    }

    /// <summary>Squared distances of a vector's parts from all centers, so that a row's distance is a sum of a few of them.</summary>
    public void Table(ReadOnlySpan<float> vector, Span<float> table)
    {
        Span<float> own = new float[_width];
        for (var part = 0; part < _parts.Length; part++)
        {
            Copy(vector, part * _width, own);
            var centers = _parts[part].Centers;
            for (var k = 0; k < _parts[part].ClusterCount; k++)
            {
                table[(part * MostCenters) + k] = CenterIndex.SquaredDistance(own, centers.Slice(k * _width, _width));
            }
        }
    }

    public static float Distance(ReadOnlySpan<byte> code, ReadOnlySpan<float> table)
    {
        float sum = 0;
        for (var part = 0; part < code.Length; part++)
        {
            sum += table[(part * MostCenters) + code[part]];
        }

        return sum;
    }

    public float[] NewTable() => new float[CodeBytes * MostCenters];

    private static FeatureMatrix Part(FeatureMatrix vectors, int part, int width)
    {
        var values = new float[vectors.RowCount * width];
        for (var i = 0; i < vectors.RowCount; i++)
        {
            Copy(vectors.Row(i), part * width, values.AsSpan(i * width, width));
        }

        return new(values, vectors.RowCount, width);
    }

    // Beyond the last feature there are zeros.
    private static void Copy(ReadOnlySpan<float> vector, int start, Span<float> to)
    {
        to.Clear();
        if (start < vector.Length)
        {
            vector[start..Math.Min(vector.Length, start + to.Length)].CopyTo(to);
        }
    }
}
