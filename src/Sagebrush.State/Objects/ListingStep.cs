namespace Sagebrush.State.Objects;

/// <summary>What to do with the row a <see cref="ListingScan"/> has seen.</summary>
internal enum ListingStep
{
    /// <summary>It is an entry of the page.</summary>
    Take,

    /// <summary>It is under a common prefix of the page.</summary>
    Skip,

    /// <summary>Leave this range of the index and ask for the next.</summary>
    Jump,
}
