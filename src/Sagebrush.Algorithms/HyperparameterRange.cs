using System.Globalization;

namespace Sagebrush.Algorithms;

/// <summary>An interval of numbers.</summary>
/// <param name="Minimum">Its lower end; null when it has none.</param>
/// <param name="Maximum">Its upper end; null when it has none.</param>
public sealed record HyperparameterRange(double? Minimum = null, double? Maximum = null)
{
    /// <summary>Whether the lower end itself lies outside.</summary>
    public bool ExcludesMinimum { get; init; }

    /// <summary>Whether the upper end itself lies outside.</summary>
    public bool ExcludesMaximum { get; init; }

    /// <summary>Whether a number lies within.</summary>
    public bool Contains(double value) =>
        !double.IsNaN(value)
        && (Minimum is not { } low || (ExcludesMinimum ? value > low : value >= low))
        && (Maximum is not { } high || (ExcludesMaximum ? value < high : value <= high));

    /// <summary>In the notation of mathematics, for example <c>(0, 1]</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(ExcludesMinimum || Minimum is null ? '(' : '[')}{Minimum?.ToString(CultureInfo.InvariantCulture) ?? "-inf"}, {Maximum?.ToString(CultureInfo.InvariantCulture) ?? "+inf"}{(ExcludesMaximum || Maximum is null ? ')' : ']')}");
}
