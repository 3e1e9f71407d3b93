using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Tests.Linear;

/// <summary>Mean and standard deviation of a column.</summary>
internal readonly record struct ColumnMoments(double Mean, double Deviation)
{
    public static ColumnMoments Of(FeatureMatrix features, int column)
    {
        double[] values = [.. Enumerable.Range(0, features.RowCount).Select(i => (double)features.Row(i)[column])];
        var mean = values.Average();
        return new(mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
    }
}
