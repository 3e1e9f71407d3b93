namespace Sagebrush.Learning.Features;

/// <summary>Two numbers taken together.</summary>
internal sealed record PairStep : FeatureStep
{
    /// <summary>The second column.</summary>
    public required string Other { get; init; }

    /// <summary>How.</summary>
    public required PairOperation Operation { get; init; }

    /// <summary>How the result is brought to scale; null leaves it as it is, missing where either is.</summary>
    public NumberStep? Scaling { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names => Scaling is { HasIndicator: true } ? [Name, $"{Name} is missing"] : [Name];

    /// <inheritdoc/>
    public override IEnumerable<string> OtherColumns => [Other];

    /// <summary>Both columns and what is done with them.</summary>
    public string Name => Operation switch
    {
        PairOperation.Ratio => $"{Column} / {Other}",
        PairOperation.Difference => $"{Column} - {Other}",
        PairOperation.Sum => $"{Column} + {Other}",
        _ => $"{Column} * {Other}",
    };

    /// <summary>Takes numbers together; NaN where one is missing, or there is nothing to divide by.</summary>
    public static double[] Combine(double[] first, double[] second, PairOperation operation)
    {
        var combined = new double[first.Length];
        for (var row = 0; row < combined.Length; row++)
        {
            combined[row] = operation switch
            {
                PairOperation.Ratio => second[row] == 0 ? double.NaN : first[row] / second[row],
                PairOperation.Difference => first[row] - second[row],
                PairOperation.Sum => first[row] + second[row],
                _ => first[row] * second[row],
            };
        }

        return combined;
    }

    /// <inheritdoc/>
    public override void Write(FeatureSource source, FeatureBlock block)
    {
        var combined = Combine(source.Numbers(Column), source.Numbers(Other), Operation);
        if (Scaling is not null)
        {
            var scaled = new FeatureSource(new([new Tables.Typed.TableColumn(Scaling.Column, combined)], combined.Length));
            Scaling.Write(scaled, block);
            return;
        }

        for (var row = 0; row < combined.Length; row++)
        {
            block[row, 0] = (float)Math.Clamp(combined[row], -1e37, 1e37);
        }
    }
}
