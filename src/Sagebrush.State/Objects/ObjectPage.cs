namespace Sagebrush.State.Objects;

/// <summary>One page of a listing.</summary>
/// <param name="Objects">Objects in key order.</param>
/// <param name="CommonPrefixes">Common prefixes in order.</param>
/// <param name="Next">The last key or common prefix of this page when more follow: the next query's <c>After</c>.</param>
public sealed record ObjectPage(IReadOnlyList<ListedObject> Objects, IReadOnlyList<string> CommonPrefixes, string? Next);
