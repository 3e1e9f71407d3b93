using System.Globalization;

namespace Sagebrush.Algorithms;

/// <summary>A hyperparameter of a built-in algorithm.</summary>
public sealed record HyperparameterSpecification
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its kind.</summary>
    public required HyperparameterType Type { get; init; }

    /// <summary>What it does, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Whether a job must give it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>What holds when a job does not give it; null when that depends on others.</summary>
    public string? DefaultValue { get; init; }

    /// <summary>The numbers it may have, for numeric kinds.</summary>
    public HyperparameterRange? Range { get; init; }

    /// <summary>The words it may be, for <see cref="HyperparameterType.Categorical"/>.</summary>
    public IReadOnlyList<string> AllowedValues { get; init; } = [];

    /// <summary>Words a numeric kind takes beside numbers, such as <c>auto</c>.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Other names it may be given under.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The range SageMaker recommends for tuning; null when it is not tunable.</summary>
    public HyperparameterRange? TunableRange { get; init; }

    /// <summary>Whether automatic model tuning may vary it.</summary>
    public bool IsTunable => TunableRange is not null;

    /// <summary>A check beyond kind and range: gives what is wrong with a value, null when it is well.</summary>
    public Func<string, string?>? Check { get; init; }

    /// <summary>Says what is wrong with a value; null when it is well.</summary>
    public string? Validate(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var problem = Type switch
        {
            _ when Words.Contains(value) => null,
            HyperparameterType.Integer when !long.TryParse(value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) =>
                $"could not parse value '{value}' as an integer",
            HyperparameterType.Continuous when !TryParseNumber(value, out _) =>
                $"could not parse value '{value}' as a number",
            HyperparameterType.Integer or HyperparameterType.Continuous
                when Range is not null && TryParseNumber(value, out var number) && !Range.Contains(number) => $"{value} is not in {Range}",
            HyperparameterType.Categorical when !AllowedValues.Contains(value) =>
                $"'{value}' is not one of {string.Join(", ", AllowedValues)}",
            _ => Check?.Invoke(value),
        };
        return problem is null ? null : $"Hyperparameter {Name}: {problem}";
    }

    private static bool TryParseNumber(string value, out double number) =>
        double.TryParse(value.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
