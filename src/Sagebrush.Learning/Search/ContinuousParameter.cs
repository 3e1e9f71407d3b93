namespace Sagebrush.Learning.Search;

/// <summary>A parameter that takes any number of an interval, its ends included.</summary>
public sealed record ContinuousParameter : SearchParameter
{
    private readonly ScaledRange _range;

    /// <summary>Creates it.</summary>
    /// <exception cref="ArgumentException">The range is empty or does not suit its scaling.</exception>
    public ContinuousParameter(string name, double minimum, double maximum, ParameterScaling scaling = ParameterScaling.Auto)
        : base(name)
    {
        _range = new ScaledRange(minimum, maximum, scaling, name);
        (Minimum, Maximum) = (minimum, maximum);
    }

    /// <summary>The smallest value.</summary>
    public double Minimum { get; }

    /// <summary>The largest value.</summary>
    public double Maximum { get; }

    /// <inheritdoc/>
    public override int Width => 1;

    /// <inheritdoc/>
    public override long? Count => Minimum == Maximum ? 1 : null;

    /// <inheritdoc/>
    public override void Encode(double value, Span<double> unit) => unit[0] = _range.ToUnit(Math.Clamp(value, Minimum, Maximum));

    /// <inheritdoc/>
    public override double Decode(ReadOnlySpan<double> unit) => Math.Clamp(_range.FromUnit(unit[0]), Minimum, Maximum);

    /// <inheritdoc/>
    public override bool Contains(double value) => value >= Minimum && value <= Maximum;
}
