namespace Sagebrush.Services.Sns.Filtering;

/// <summary>Keys that must all match, at one level of a filter policy.</summary>
/// <param name="Rules">One rule per key.</param>
internal sealed record FilterGroup(IReadOnlyList<FilterRule> Rules)
{
    public bool Matches(IFilterSource source) => Rules.All(rule => rule.Matches(source));
}

/// <summary>What is asked of one key: one of several conditions, or a group below it, or one of several groups (<c>$or</c>).</summary>
internal sealed record FilterRule(string Key)
{
    public IReadOnlyList<FilterCondition>? Conditions { get; init; }

    public FilterGroup? Below { get; init; }

    public IReadOnlyList<FilterGroup>? AnyOf { get; init; }

    public bool Matches(IFilterSource source) =>
        AnyOf is { } groups ? groups.Any(group => group.Matches(source))
        : Below is { } below ? source.Children(Key).Any(below.Matches)
        : Conditions!.Any(condition => condition.Matches(source.Values(Key)));
}
