namespace Sagebrush.Services.Iam.Policies;

/// <summary>One statement of a policy.</summary>
internal sealed record PolicyStatement
{
    public string? Sid { get; init; }

    public required bool Allows { get; init; }

    /// <summary>The actions, of which <see cref="NotActions"/> is the reverse.</summary>
    public required IReadOnlyList<PolicyPattern> Actions { get; init; }

    public bool NotActions { get; init; }

    /// <summary>The resources; null where the statement names none, as in trust policies.</summary>
    public IReadOnlyList<PolicyPattern>? Resources { get; init; }

    public bool NotResources { get; init; }

    /// <summary>Whom it is about; null in policies of identities.</summary>
    public PolicyPrincipals? Principals { get; init; }

    public bool NotPrincipals { get; init; }

    public IReadOnlyList<PolicyCondition> Conditions { get; init; } = [];

    /// <summary>Whether the statement is about this action on this resource under these conditions, whoever asks.</summary>
    public bool Covers(string action, string resource, IRequestFacts facts)
    {
        foreach (var pattern in Actions)
        {
            if (pattern.Matches(action, facts, ignoreCase: true))
            {
                return !NotActions && CoversResource(resource, facts) && Conditions.All(condition => condition.Holds(facts));
            }
        }

        return NotActions && CoversResource(resource, facts) && Conditions.All(condition => condition.Holds(facts));
    }

    private bool CoversResource(string resource, IRequestFacts facts) =>
        Resources is null || Resources.Any(pattern => pattern.Matches(resource, facts)) != NotResources;
}
