namespace Sagebrush.State.Paging;

/// <summary>A page token was not issued by this store for this query.</summary>
public sealed class InvalidPageTokenException()
    : Exception("The page token was not issued for this query. Start again without a token.");
