using System.Text.Json.Serialization;

namespace Sagebrush.Services.Iam.Users;

/// <summary>A user as it is stored.</summary>
internal sealed record UserDocument
{
    public required string UserName { get; init; }

    /// <summary>The unique id, <c>AIDA…</c>.</summary>
    public required string UserId { get; init; }

    public required string Path { get; init; }

    /// <summary>The ARN of the policy that bounds the user, if any.</summary>
    public string? PermissionsBoundary { get; init; }

    /// <summary>Inline policies, JSON documents by name.</summary>
    public SortedDictionary<string, string> Policies { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The ARNs of attached policies.</summary>
    public SortedSet<string> AttachedPolicies { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The access keys, two at most.</summary>
    public List<AccessKeyDocument> AccessKeys { get; init; } = [];
}

/// <summary>An access key as it is stored.</summary>
/// <param name="AccessKeyId">The public id, <c>AKIA…</c>.</param>
/// <param name="SealedSecret">The secret, encrypted with the key file.</param>
/// <param name="Active">Whether it may sign.</param>
/// <param name="Created">When it was made.</param>
internal sealed record AccessKeyDocument(string AccessKeyId, byte[] SealedSecret, bool Active, DateTimeOffset Created);

/// <summary>A managed policy as it is stored.</summary>
internal sealed record ManagedPolicyDocument
{
    public required string PolicyName { get; init; }

    /// <summary>The unique id, <c>ANPA…</c>.</summary>
    public required string PolicyId { get; init; }

    public required string Path { get; init; }

    public string? Description { get; init; }

    /// <summary>The version that counts, such as <c>v1</c>.</summary>
    public required string DefaultVersion { get; init; }

    /// <summary>The number of the next version.</summary>
    public required int NextVersion { get; init; }

    public required List<PolicyVersionDocument> Versions { get; init; }
}

/// <summary>A version of a managed policy.</summary>
internal sealed record PolicyVersionDocument(string VersionId, string Document, DateTimeOffset Created);

[JsonSerializable(typeof(UserDocument))]
[JsonSerializable(typeof(GroupDocument))]
[JsonSerializable(typeof(ManagedPolicyDocument))]
internal sealed partial class UserJson : JsonSerializerContext;
