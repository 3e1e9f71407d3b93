namespace Sagebrush.Learning.Search;

/// <summary>Proposes points. It keeps nothing between calls: the same history gives the same point, also after a restart.</summary>
public interface ISearchStrategy
{
    /// <summary>The next point to try; null when there is nothing left to try.</summary>
    double[]? Propose(SearchHistory history);
}
