namespace Sagebrush.Learning.Features;

/// <summary>A number, as it is or filled, unskewed and scaled; beside it whether it was missing, when that was learnt to occur.</summary>
internal sealed record NumberStep : FeatureStep
{
    // A value this far outside what was learnt from would drown all others in a sum or a distance.
    private const double Farthest = 8;

    /// <summary>What stands for a missing value; null leaves it missing.</summary>
    public double? Fill { get; init; }

    /// <summary>Whether a second feature tells that the value was missing.</summary>
    public bool HasIndicator { get; init; }

    /// <summary>Whether the logarithm of the magnitude is taken, the sign kept.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Quantiles at equal distances: the number's rank among them, from -1 to 1, is taken; null for none.</summary>
    public double[]? Quantiles { get; init; }

    /// <summary>What is subtracted.</summary>
    public double Center { get; init; }

    /// <summary>What it is multiplied by; 0 when it is left as it is.</summary>
    public double Scale { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names => HasIndicator ? [Column, $"{Column} is missing"] : [Column];

    /// <summary>Learns to fill and scale a number for models that sum or measure distances.</summary>
    public static NumberStep Scaled(string column, double[] numbers)
    {
        double[] present = [.. numbers.Where(number => !double.IsNaN(number))];
        if (present.Length == 0)
        {
            return new() { Column = column, Fill = 0 };
        }

        Array.Sort(present);
        var hasMissing = present.Length < numbers.Length;
        var step = new NumberStep { Column = column, Fill = At(present, 0.5), HasIndicator = hasMissing };
        if (Math.Abs(Skewness(present)) > 1.5)
        {
            double[] logarithms = [.. present.Select(Logarithm)];
            Array.Sort(logarithms);
            if (Math.Abs(Skewness(logarithms)) > 1.5 && present.Length >= 100)
            {
                return step with { Quantiles = [.. Enumerable.Range(0, 101).Select(i => At(present, i / 100.0))], Scale = 0 };
            }

            step = step with { IsLogarithmic = true };
            present = logarithms;
        }

        var range = At(present, 0.75) - At(present, 0.25);
        if (range <= 0)
        {
            var mean = present.Average();
            range = Math.Sqrt(present.Average(number => (number - mean) * (number - mean))) * 1.349;
        }

        return step with { Center = At(present, 0.5), Scale = range > 0 ? 1.349 / range : 1 };
    }

    /// <inheritdoc/>
    public override void Write(FeatureSource source, FeatureBlock block)
    {
        var numbers = source.Numbers(Column);
        for (var row = 0; row < numbers.Length; row++)
        {
            var number = numbers[row];
            if (HasIndicator)
            {
                block[row, 1] = double.IsNaN(number) ? 1 : 0;
            }

            if (double.IsNaN(number))
            {
                number = Fill ?? double.NaN;
            }

            if (Quantiles is { } quantiles)
            {
                number = Rank(quantiles, number);
            }
            else
            {
                number = IsLogarithmic ? Logarithm(number) : number;
                number = Scale == 0 ? number : Math.Clamp((number - Center) * Scale, -Farthest, Farthest);
            }

            block[row, 0] = (float)Math.Clamp(number, -1e37, 1e37);
        }
    }

    private static double Logarithm(double number) => Math.CopySign(Math.Log(1 + Math.Abs(number)), number);

    private static double Rank(double[] quantiles, double number)
    {
        // Of equal quantiles the middle: a value that many rows share gets one rank.
        var low = Bound(quantiles, number, isUpper: false);
        var high = Bound(quantiles, number, isUpper: true);
        var last = quantiles.Length - 1;
        if (high > low)
        {
            return ((low + high - 1) / (double)last) - 1;
        }

        if (low == 0 || low > last)
        {
            return low == 0 ? -1 : 1;
        }

        var share = (number - quantiles[low - 1]) / (quantiles[low] - quantiles[low - 1]);
        return (2 * (low - 1 + share) / last) - 1;
    }

    private static int Bound(double[] sorted, double number, bool isUpper)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < number || (isUpper && sorted[middle] == number))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static double At(double[] sorted, double share) => sorted[(int)Math.Round(share * (sorted.Length - 1))];

    private static double Skewness(double[] sorted)
    {
        var cut = sorted.AsSpan(sorted.Length / 200, sorted.Length - (sorted.Length / 200 * 2));
        var (mean, second, third) = (0.0, 0.0, 0.0);
        foreach (var number in cut)
        {
            mean += number / cut.Length;
        }

        foreach (var number in cut)
        {
            var distance = number - mean;
            second += distance * distance / cut.Length;
            third += distance * distance * distance / cut.Length;
        }

        return second <= 0 ? 0 : third / Math.Pow(second, 1.5);
    }
}
