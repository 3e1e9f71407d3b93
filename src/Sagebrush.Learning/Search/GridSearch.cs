namespace Sagebrush.Learning.Search;

/// <summary>Goes through every combination of the words of categorical parameters, in an order drawn from the seed.</summary>
public sealed class GridSearch : ISearchStrategy
{
    private readonly SearchSpace _space;
    private readonly long _offset;
    private readonly long _stride;

    /// <summary>Creates the search.</summary>
    /// <exception cref="ArgumentException">A parameter is not categorical, or there are too many combinations.</exception>
    public GridSearch(SearchSpace space, int seed)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (space.Parameters.Any(parameter => parameter is not CategoricalParameter))
        {
            throw new ArgumentException("Grid search goes over categorical parameters only.", nameof(space));
        }

        Count = space.Count ?? throw new ArgumentException("The grid has too many points.", nameof(space));
        _space = space;
        var random = SearchSeed.Generator(seed, 0);
        _offset = random.NextInt64(Count);
        do
        {
            _stride = 1 + random.NextInt64(Count);
        }
        while (System.Numerics.BigInteger.GreatestCommonDivisor(_stride, Count) != 1);
    }

    /// <summary>Number of points.</summary>
    public long Count { get; }

    /// <inheritdoc/>
    public double[]? Propose(SearchHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.Proposed >= Count)
        {
            return null;
        }

        // A stride without a common divisor visits each point once.
        var index = (long)((_offset + ((Int128)_stride * history.Proposed)) % Count);
        var point = new double[_space.Parameters.Count];
        for (var i = point.Length - 1; i >= 0; i--)
        {
            index = Math.DivRem(index, _space.Parameters[i].Count!.Value, out var remainder);
            point[i] = remainder;
        }

        return point;
    }
}
