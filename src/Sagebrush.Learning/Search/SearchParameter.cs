namespace Sagebrush.Learning.Search;

/// <summary>One parameter to search over. Its values are numbers; those of a <see cref="CategoricalParameter"/> are positions in its list.</summary>
/// <param name="Name">What it is called.</param>
public abstract record SearchParameter(string Name)
{
    /// <summary>How many coordinates of the unit cube it takes.</summary>
    public abstract int Width { get; }

    /// <summary>Number of different values; null when there is no end of them.</summary>
    public abstract long? Count { get; }

    /// <summary>Maps a value into the unit cube.</summary>
    /// <param name="value">A value within the range; others are moved to its ends.</param>
    /// <param name="unit">Receives <see cref="Width"/> numbers in [0, 1].</param>
    public abstract void Encode(double value, Span<double> unit);

    /// <summary>Maps <see cref="Width"/> coordinates in [0, 1] to the value they stand for.</summary>
    public abstract double Decode(ReadOnlySpan<double> unit);

    /// <summary>Whether a value of another search lies within this one's range.</summary>
    public abstract bool Contains(double value);
}
