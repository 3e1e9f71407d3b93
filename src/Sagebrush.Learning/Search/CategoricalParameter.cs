namespace Sagebrush.Learning.Search;

/// <summary>A parameter that takes one of a few words; as a number it is the word's position.</summary>
public sealed record CategoricalParameter : SearchParameter
{
    /// <summary>Creates it.</summary>
    /// <exception cref="ArgumentException">There are no words.</exception>
    public CategoricalParameter(string name, IReadOnlyList<string> values)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(values);
        Values = values.Count > 0 ? values : throw new ArgumentException($"'{name}' needs at least one value.", nameof(values));
    }

    /// <summary>The words.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <inheritdoc/>
    public override int Width => Values.Count;

    /// <inheritdoc/>
    public override long? Count => Values.Count;

    /// <inheritdoc/>
    public override void Encode(double value, Span<double> unit)
    {
        unit[..Width].Clear();
        unit[(int)Math.Clamp(value, 0, Width - 1)] = 1;
    }

    /// <inheritdoc/>
    public override double Decode(ReadOnlySpan<double> unit)
    {
        var best = 0;
        for (var i = 1; i < Width; i++)
        {
            best = unit[i] > unit[best] ? i : best;
        }

        return best;
    }

    /// <inheritdoc/>
    public override bool Contains(double value) => value >= 0 && value < Width && value == Math.Floor(value);
}
