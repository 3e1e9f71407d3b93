namespace Sagebrush.Learning.Search;

/// <summary>One round of successive halving.</summary>
/// <param name="Points">How many points take part.</param>
/// <param name="Resource">What each has had at its end.</param>
public sealed record HyperbandRung(int Points, double Resource);
