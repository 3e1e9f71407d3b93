using System.Globalization;
using System.Text;

namespace Sagebrush.State.Resources;

/// <summary>Which resources of a kind to list, in what order, and how many at a time. All conditions must hold.</summary>
public sealed record ResourceQuery
{
    /// <summary>The account.</summary>
    public required string Account { get; init; }

    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>The kind.</summary>
    public required string Kind { get; init; }

    /// <summary>A part of the name, in any letter case (ASCII).</summary>
    public string? NameContains { get; init; }

    /// <summary>Created later than this.</summary>
    public DateTimeOffset? CreatedAfter { get; init; }

    /// <summary>Created earlier than this.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>Changed later than this.</summary>
    public DateTimeOffset? ModifiedAfter { get; init; }

    /// <summary>Changed earlier than this.</summary>
    public DateTimeOffset? ModifiedBefore { get; init; }

    /// <summary>The exact status.</summary>
    public string? Status { get; init; }

    /// <summary>The exact parent.</summary>
    public string? Parent { get; init; }

    /// <summary>Conditions on attributes.</summary>
    public IReadOnlyList<AttributeFilter> Attributes { get; init; } = [];

    /// <summary>The order.</summary>
    public ResourceSort SortBy { get; init; } = ResourceSort.CreationTime;

    /// <summary>Whether the order is reversed.</summary>
    public bool Descending { get; init; }

    /// <summary>Most resources of one page, 1 to 1000.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>The token of the page before; null for the first page.</summary>
    public string? PageToken { get; init; }

    /// <summary>Everything that selects and orders, in a form that differs whenever the results may.</summary>
    internal string Fingerprint()
    {
        var text = new StringBuilder("resources");
        Append(text, Account);
        Append(text, Region);
        Append(text, Kind);
        Append(text, NameContains);
        Append(text, CreatedAfter);
        Append(text, CreatedBefore);
        Append(text, ModifiedAfter);
        Append(text, ModifiedBefore);
        Append(text, Status);
        Append(text, Parent);
        foreach (var filter in Attributes)
        {
            Append(text, filter.Name);
            Append(text, filter.Text);
            Append(text, filter.Minimum.ToString("R", CultureInfo.InvariantCulture));
            Append(text, filter.Maximum.ToString("R", CultureInfo.InvariantCulture));
        }

        return text.Append('|').Append((int)SortBy).Append(Descending ? '-' : '+').ToString();
    }

    private static void Append(StringBuilder text, DateTimeOffset? time) =>
        Append(text, time?.UtcTicks.ToString(CultureInfo.InvariantCulture));

    // Lengths make the text unambiguous whatever the values contain.
    private static void Append(StringBuilder text, string? value)
    {
        text.Append('|');
        if (value is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"{value.Length}:").Append(value);
        }
    }
}
