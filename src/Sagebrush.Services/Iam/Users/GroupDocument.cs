namespace Sagebrush.Services.Iam.Users;

/// <summary>A group as it is stored.</summary>
internal sealed record GroupDocument
{
    public required string GroupName { get; init; }

    /// <summary>The unique id, <c>AGPA…</c>.</summary>
    public required string GroupId { get; init; }

    public required string Path { get; init; }

    /// <summary>Inline policies, JSON documents by name.</summary>
    public SortedDictionary<string, string> Policies { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The ARNs of attached policies.</summary>
    public SortedSet<string> AttachedPolicies { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The users in it, their unique ids by name: a later user of the same name is somebody else.</summary>
    public SortedDictionary<string, string> Members { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Whether a user is in it.</summary>
    public bool Has(UserDocument user) => Members.TryGetValue(user.UserName, out var id) && id == user.UserId;
}
