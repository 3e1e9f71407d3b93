using System.Text.Json.Serialization;

namespace Sagebrush.Services.Iam;

/// <summary>A role as it is stored.</summary>
internal sealed record RoleDocument
{
    /// <summary>The name as its owner wrote it; keys hold it in lower case, since names differ by more than letter case.</summary>
    public required string RoleName { get; init; }

    public required string RoleId { get; init; }

    public required string Path { get; init; }

    /// <summary>The trust policy, a JSON document.</summary>
    public required string AssumeRolePolicyDocument { get; init; }

    public string? Description { get; init; }

    /// <summary>The longest session, in seconds.</summary>
    public required int MaxSessionDuration { get; init; }

    /// <summary>The ARN of the policy that bounds the role, if any.</summary>
    public string? PermissionsBoundary { get; init; }

    /// <summary>Inline policies, JSON documents by name.</summary>
    public SortedDictionary<string, string> Policies { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The ARNs of attached policies.</summary>
    public SortedSet<string> AttachedPolicies { get; init; } = new(StringComparer.Ordinal);
}

[JsonSerializable(typeof(RoleDocument))]
internal sealed partial class RoleDocumentContext : JsonSerializerContext;
