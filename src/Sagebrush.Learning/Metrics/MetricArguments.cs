namespace Sagebrush.Learning.Metrics;

internal static class MetricArguments
{
    public static void Check(int actual, int predicted)
    {
        if (actual != predicted)
        {
            throw new ArgumentException($"There are {actual} observed and {predicted} predicted values.");
        }

        if (actual == 0)
        {
            throw new ArgumentException("There are no values to compare.");
        }
    }

    public static void CheckWeights(int rows, ReadOnlySpan<float> weights)
    {
        if (!weights.IsEmpty && weights.Length != rows)
        {
            throw new ArgumentException($"There are {rows} rows and {weights.Length} weights.");
        }
    }
}
