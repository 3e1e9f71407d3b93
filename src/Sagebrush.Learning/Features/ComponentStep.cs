using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using Sagebrush.Learning.Decomposition;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Features;

/// <summary>The principal components of other features, as many as tell nearly all that differs, each brought to one deviation.</summary>
internal sealed record ComponentStep : FeatureStep
{
    private const int MostComponents = 64;

    /// <summary>More features than this are searched by random projections.</summary>
    private const int ManyFeatures = 512;

    private const int MostRows = 50_000;

    /// <summary>The share of the variance that components tell together.</summary>
    private const double Told = 0.98;

    /// <summary>What the features are made by.</summary>
    public required IReadOnlyList<FeatureStep> Steps { get; init; }

    /// <summary>What is subtracted from the features.</summary>
    public required float[] Means { get; init; }

    /// <summary>For each component what each feature is multiplied by.</summary>
    public required float[] Directions { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names => [.. Enumerable.Range(1, Means.Length == 0 ? 0 : Directions.Length / Means.Length).Select(number => string.Create(CultureInfo.InvariantCulture, $"component {number}"))];

    /// <inheritdoc/>
    [JsonIgnore]
    public override IEnumerable<string> OtherColumns => Steps.SelectMany(step => step.OtherColumns.Prepend(step.Column));

    /// <summary>Learns the components of features.</summary>
    public static ComponentStep Learn(FeatureSource source, IReadOnlyList<FeatureStep> steps)
    {
        var features = Features(source, steps);
        var count = Math.Min(MostComponents, Math.Min(features.ColumnCount, Math.Max(1, source.RowCount - 1)));
        var sample = source.RowCount <= MostRows ? features : features.Take([.. Enumerable.Range(0, MostRows).Select(i => (int)((long)i * source.RowCount / MostRows))]);
        var model = new PrincipalComponents(new() { ComponentCount = count, IsRandomized = features.ColumnCount > ManyFeatures }).Fit(sample);
        var variances = model.SingularValues.ToArray().Select(value => (double)value * value).ToArray();
        var (kept, told, total) = (0, 0.0, Math.Max(variances.Sum(), double.Epsilon));
        while (kept < count && (kept == 0 || (told < Told * total && variances[kept] > 0)))
        {
            told += variances[kept++];
        }

        var directions = model.Directions[..(kept * features.ColumnCount)].ToArray();
        for (var k = 0; k < kept; k++)
        {
            var deviation = Math.Sqrt(variances[k] / Math.Max(1, sample.RowCount - 1));
            var direction = directions.AsSpan(k * features.ColumnCount, features.ColumnCount);
            TensorPrimitives.Multiply(direction, (float)(deviation > 0 ? 1 / deviation : 0), direction);
        }

        return new() { Column = steps[0].Column, Steps = steps, Means = model.Means.ToArray(), Directions = directions };
    }

    /// <inheritdoc/>
    public override void Write(FeatureSource source, FeatureBlock block)
    {
        var features = Features(source, Steps);
        var (width, centered) = (Means.Length, new float[Means.Length]);
        for (var row = 0; row < features.RowCount; row++)
        {
            TensorPrimitives.Subtract(features.Row(row), Means, centered);
            for (var k = 0; k < Directions.Length / width; k++)
            {
                block[row, k] = TensorPrimitives.Dot(centered, Directions.AsSpan(k * width, width));
            }
        }
    }

    private static FeatureMatrix Features(FeatureSource source, IReadOnlyList<FeatureStep> steps)
    {
        var stride = steps.Sum(step => step.Names.Count);
        var (values, offset) = (new float[checked(source.RowCount * stride)], 0);
        foreach (var step in steps)
        {
            step.Write(source, new(values, stride, offset));
            offset += step.Names.Count;
        }

        return new(values, source.RowCount, stride);
    }
}
