namespace Sagebrush.Services;

/// <summary>A page of a list that is held in memory.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="NextToken">Asks for the next page; null when this is the last.</param>
internal sealed record PageOfList<T>(List<T> Items, string? NextToken);
