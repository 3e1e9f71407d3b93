using System.Net;

namespace Sagebrush.Services.Sns.Filtering;

/// <summary>One condition of a filter policy.</summary>
internal abstract record FilterCondition
{
    /// <summary>Whether the values of a key meet the condition: one of them does.</summary>
    /// <param name="values">The values, or null where the key is missing.</param>
    public virtual bool Matches(IReadOnlyList<FilterValue>? values) => values is not null && values.Any(MatchesOne);

    protected abstract bool MatchesOne(FilterValue value);

    /// <summary>The key is there, or is not.</summary>
    internal sealed record Exists(bool Wanted) : FilterCondition
    {
        public override bool Matches(IReadOnlyList<FilterValue>? values) => values is not null == Wanted;

        protected override bool MatchesOne(FilterValue value) => Wanted;
    }

    /// <summary>The value is this one.</summary>
    internal sealed record Exactly(FilterValue Wanted) : FilterCondition
    {
        protected override bool MatchesOne(FilterValue value) => value == Wanted;
    }

    /// <summary>The text begins so.</summary>
    internal sealed record Prefix(string Wanted) : FilterCondition
    {
        protected override bool MatchesOne(FilterValue value) => !value.IsWord && value.Text?.StartsWith(Wanted, StringComparison.Ordinal) == true;
    }

    /// <summary>The text ends so.</summary>
    internal sealed record Suffix(string Wanted) : FilterCondition
    {
        protected override bool MatchesOne(FilterValue value) => !value.IsWord && value.Text?.EndsWith(Wanted, StringComparison.Ordinal) == true;
    }

    /// <summary>The text is this one, in whatever letter case.</summary>
    internal sealed record IgnoringCase(string Wanted) : FilterCondition
    {
        protected override bool MatchesOne(FilterValue value) => !value.IsWord && string.Equals(value.Text, Wanted, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The text is an address of this network.</summary>
    internal sealed record Network(IPNetwork Wanted) : FilterCondition
    {
        protected override bool MatchesOne(FilterValue value) => IPAddress.TryParse(value.Text, out var address) && Wanted.Contains(address);
    }

    /// <summary>None of these holds.</summary>
    internal sealed record AnythingBut(IReadOnlyList<FilterCondition> Unwanted) : FilterCondition
    {
        protected override bool MatchesOne(FilterValue value) => !Unwanted.Any(condition => condition.MatchesOne(value));
    }

    /// <summary>The number is within these bounds.</summary>
    internal sealed record Numeric(double Least, bool LeastIncluded, double Most, bool MostIncluded) : FilterCondition
    {
        protected override bool MatchesOne(FilterValue value) => value.Number is { } number
            && (LeastIncluded ? number >= Least : number > Least)
            && (MostIncluded ? number <= Most : number < Most);
    }
}
