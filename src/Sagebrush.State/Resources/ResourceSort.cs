namespace Sagebrush.State.Resources;

/// <summary>What a list is ordered by; ties are ordered by name. Names and statuses compare by code point.</summary>
public enum ResourceSort
{
    /// <summary>By name.</summary>
    Name,

    /// <summary>By <see cref="Resource.Created"/>.</summary>
    CreationTime,

    /// <summary>By <see cref="Resource.Modified"/>.</summary>
    LastModifiedTime,

    /// <summary>By status.</summary>
    Status,
}
