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
}
