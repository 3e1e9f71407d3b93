namespace Sagebrush.State.Resources;

/// <summary>The typed door to a resource store.</summary>
public static class ResourceStoreExtensions
{
    /// <summary>The resources of one kind, as documents.</summary>
    public static ResourceSet<TDocument> For<TDocument>(this IResourceStore store, ResourceKind<TDocument> kind)
        where TDocument : class => new(store, kind);
}
