namespace Sagebrush.Learning.Search;

/// <summary>The parameters of a search; a point has one value for each, in their order.</summary>
public sealed class SearchSpace
{
    /// <summary>Creates the space.</summary>
    public SearchSpace(IReadOnlyList<SearchParameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = parameters;
        Width = parameters.Sum(parameter => parameter.Width);
    }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<SearchParameter> Parameters { get; }

    /// <summary>Number of coordinates of the unit cube that points are mapped into.</summary>
    public int Width { get; }

    /// <summary>Number of different points; null when there is no end of them, or more than a long can count.</summary>
    public long? Count
    {
        get
        {
            long product = 1;
            foreach (var parameter in Parameters)
            {
                if (parameter.Count is not { } count || product > long.MaxValue / Math.Max(1, count))
                {
                    return null;
                }

                product *= count;
            }

            return product;
        }
    }

    /// <summary>Maps a point into the unit cube.</summary>
    public double[] Encode(ReadOnlySpan<double> point)
    {
        var unit = new double[Width];
        var at = 0;
        for (var i = 0; i < Parameters.Count; i++)
        {
            Parameters[i].Encode(point[i], unit.AsSpan(at, Parameters[i].Width));
            at += Parameters[i].Width;
        }

        return unit;
    }

    /// <summary>Maps a place of the unit cube to the point it stands for.</summary>
    public double[] Decode(ReadOnlySpan<double> unit)
    {
        var point = new double[Parameters.Count];
        var at = 0;
        for (var i = 0; i < Parameters.Count; i++)
        {
            point[i] = Parameters[i].Decode(unit.Slice(at, Parameters[i].Width));
            at += Parameters[i].Width;
        }

        return point;
    }

    /// <summary>The place in the unit cube that a point really has: rounded values, exactly one word.</summary>
    public double[] Snap(ReadOnlySpan<double> unit) => Encode(Decode(unit));

    /// <summary>A point drawn evenly over the scaled ranges.</summary>
    public double[] Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var unit = new double[Width];
        for (var i = 0; i < unit.Length; i++)
        {
            unit[i] = random.NextDouble();
        }

        return Decode(unit);
    }
}
