namespace Sagebrush.Services.Iam.Policies;

/// <summary>How one key of a condition is compared.</summary>
internal enum ConditionQuantifier
{
    /// <summary>The key has one value.</summary>
    Single,

    /// <summary>One of the request's values must pass.</summary>
    AnyValue,

    /// <summary>All of the request's values must pass; none at all pass as well.</summary>
    AllValues,
}

/// <summary>One key of one operator in a statement's <c>Condition</c>. Immutable.</summary>
/// <param name="Key">The condition key, such as <c>aws:SourceIp</c>.</param>
/// <param name="Comparison">Compares a value of the request with one of the policy.</param>
/// <param name="Wanted">The policy's values: one must match, or none where negated.</param>
internal sealed record PolicyCondition(string Key, Func<string, PolicyPattern, IRequestFacts, bool> Comparison, IReadOnlyList<PolicyPattern> Wanted)
{
    /// <summary>Whether it must not match, as in <c>StringNotEquals</c>.</summary>
    public bool Negated { get; init; }

    /// <summary>Whether a key the request does not have passes, as in <c>StringEqualsIfExists</c>.</summary>
    public bool IfExists { get; init; }

    public ConditionQuantifier Quantifier { get; init; }

    /// <summary>For <c>Null</c>: whether the key must be absent, or must be there.</summary>
    public bool? MustBeAbsent { get; init; }

    /// <summary>Whether the condition holds for a request.</summary>
    public bool Holds(IRequestFacts facts)
    {
        var values = facts.Values(Key);
        if (MustBeAbsent is { } absent)
        {
            return values is null or { Count: 0 } == absent;
        }

        if (values is null or { Count: 0 })
        {
            // A negated comparison holds for what is not there.
            return IfExists || (Quantifier == ConditionQuantifier.Single ? Negated : Quantifier == ConditionQuantifier.AllValues);
        }

        return Quantifier switch
        {
            ConditionQuantifier.AllValues => values.All(value => Passes(value, facts)),
            ConditionQuantifier.AnyValue => values.Any(value => Passes(value, facts)),
            _ => Negated ? values.All(value => Passes(value, facts)) : values.Any(value => Passes(value, facts)),
        };
    }

    private bool Passes(string value, IRequestFacts facts) => Wanted.Any(wanted => Comparison(value, wanted, facts)) != Negated;
}
