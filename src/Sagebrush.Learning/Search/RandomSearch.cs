namespace Sagebrush.Learning.Search;

/// <summary>Draws points evenly and independently (Bergstra &amp; Bengio 2012). Points already tried are passed over while there are others.</summary>
/// <param name="space">The space.</param>
/// <param name="seed">Equal seeds give equal points.</param>
public sealed class RandomSearch(SearchSpace space, int seed) : ISearchStrategy
{
    private const int Tries = 100;

    /// <inheritdoc/>
    public double[] Propose(SearchHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var random = SearchSeed.Generator(seed, history.Proposed);
        var point = space.Draw(random);
        for (var tries = 1; tries < Tries && history.Knows(point); tries++)
        {
            point = space.Draw(random);
        }

        return point;
    }
}
