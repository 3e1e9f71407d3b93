namespace Sagebrush.State.Resources;

/// <summary>
/// A kind of resource and its document type: how the document is stored, and what of it is put into the columns that
/// lists filter and sort by.
/// </summary>
/// <param name="name">The kind, for example <c>TrainingJob</c>.</param>
/// <param name="serializer">How documents become bytes.</param>
public sealed class ResourceKind<TDocument>(string name, IDocumentSerializer<TDocument> serializer)
    where TDocument : class
{
    /// <summary>The kind.</summary>
    public string Name { get; } = name;

    /// <summary>How documents become bytes.</summary>
    public IDocumentSerializer<TDocument> Serializer { get; } = serializer;

    /// <summary>The document's status; empty unless set.</summary>
    public Func<TDocument, string> Status { get; init; } = static _ => "";

    /// <summary>The document's parent; none unless set.</summary>
    public Func<TDocument, string?> Parent { get; init; } = static _ => null;

    /// <summary>The document's attributes; none unless set.</summary>
    public Func<TDocument, IReadOnlyList<ResourceAttribute>> Attributes { get; init; } = static _ => [];
}
