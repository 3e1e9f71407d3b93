namespace Sagebrush.Wire.Signing;

/// <summary>What a session may do and is known by, sealed into its token.</summary>
public sealed record SessionTerms
{
    /// <summary>The ARN of the user or role whose policies apply.</summary>
    public required string IdentityArn { get; init; }

    /// <summary>When the session was issued.</summary>
    public required DateTimeOffset Issued { get; init; }

    /// <summary>Whether the program itself issued it, to a job that works for a role.</summary>
    public bool IsForJob { get; init; }

    /// <summary>Session policies, JSON documents: the session may do only what they allow as well. Empty where there are none.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>ARNs of managed policies that bound the session as <see cref="Policies"/> do.</summary>
    public IReadOnlyList<string> PolicyArns { get; init; } = [];

    /// <summary>Session tags, by key.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(0);

    /// <summary>Keys of tags that go on to roles assumed from this session.</summary>
    public IReadOnlyList<string> TransitiveTagKeys { get; init; } = [];

    /// <summary>Who is behind the session, if somebody said.</summary>
    public string? SourceIdentity { get; init; }
}
