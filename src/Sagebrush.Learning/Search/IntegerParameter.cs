namespace Sagebrush.Learning.Search;

/// <summary>A parameter that takes the whole numbers of an interval, its ends included.</summary>
public sealed record IntegerParameter : SearchParameter
{
    private readonly ScaledRange _range;

    /// <summary>Creates it.</summary>
    /// <exception cref="ArgumentException">The range is empty or does not suit its scaling.</exception>
    public IntegerParameter(string name, long minimum, long maximum, ParameterScaling scaling = ParameterScaling.Auto)
        : base(name)
    {
        _ = new ScaledRange(minimum, maximum, scaling, name);
        (Minimum, Maximum) = (minimum, maximum);

        // Half a step beyond the ends, so that they are as likely as the numbers between them.
        var half = scaling == ParameterScaling.ReverseLogarithmic ? 0 : 0.5;
        _range = new ScaledRange(minimum - half, maximum + half, scaling, name);
    }

    /// <summary>The smallest value.</summary>
    public long Minimum { get; }

    /// <summary>The largest value.</summary>
    public long Maximum { get; }

    /// <inheritdoc/>
    public override int Width => 1;

    /// <inheritdoc/>
    public override long? Count => Maximum - Minimum + 1;

    /// <inheritdoc/>
    public override void Encode(double value, Span<double> unit) => unit[0] = _range.ToUnit(Math.Clamp(value, Minimum, Maximum));

    /// <inheritdoc/>
    public override double Decode(ReadOnlySpan<double> unit) => Math.Clamp(Math.Round(_range.FromUnit(unit[0])), Minimum, Maximum);

    /// <inheritdoc/>
    public override bool Contains(double value) => value >= Minimum && value <= Maximum;
}
