namespace Sagebrush.Services.Sns.Filtering;

/// <summary>What a filter policy looks at: attributes, or an object within a message.</summary>
internal interface IFilterSource
{
    /// <summary>The values under a key, or null when there is no such key.</summary>
    IReadOnlyList<FilterValue>? Values(string key);

    /// <summary>The objects under a key; of a list, each of its objects.</summary>
    IEnumerable<IFilterSource> Children(string key);
}
