namespace Sagebrush.Algorithms;

/// <summary>Hyperparameters of the usual kinds, in a line each.</summary>
internal static class HyperparameterKinds
{
    /// <summary>From 1 on.</summary>
    public static HyperparameterRange Positive => new(1);

    /// <summary>Above 0.</summary>
    public static HyperparameterRange AboveZero => new(0) { ExcludesMinimum = true };

    /// <summary>From 0 on.</summary>
    public static HyperparameterRange NotNegative => new(0);

    /// <summary>From 0 to 1.</summary>
    public static HyperparameterRange Share => new(0, 1);

    public static HyperparameterSpecification Integer(
        string name, string description, HyperparameterRange range, string? defaultValue = null, HyperparameterRange? tunable = null) => new()
    {
        Name = name,
        Type = HyperparameterType.Integer,
        Description = description,

        // Numbers beyond 32 bits would be refused later with a less helpful message.
        Range = range.Maximum is null ? range with { Maximum = int.MaxValue } : range,
        DefaultValue = defaultValue,
        TunableRange = tunable,
        Words = defaultValue == "auto" ? ["auto"] : [],
    };

    public static HyperparameterSpecification Continuous(
        string name, string description, HyperparameterRange? range, string? defaultValue = null, HyperparameterRange? tunable = null) => new()
    {
        Name = name,
        Type = HyperparameterType.Continuous,
        Description = description,
        Range = range,
        DefaultValue = defaultValue,
        TunableRange = tunable,
        Words = defaultValue == "auto" ? ["auto"] : [],
    };

    public static HyperparameterSpecification Categorical(string name, string description, string? defaultValue, params string[] allowed) => new()
    {
        Name = name,
        Type = HyperparameterType.Categorical,
        Description = description,
        AllowedValues = allowed,
        DefaultValue = defaultValue,
    };

    /// <summary>True or false, also as Python writes them.</summary>
    public static HyperparameterSpecification Flag(string name, string description, string defaultValue, bool allowsAuto = false) => new()
    {
        Name = name,
        Type = HyperparameterType.Categorical,
        Description = description,
        AllowedValues = ["true", "false", "True", "False", .. allowsAuto ? (string[])["auto"] : []],
        DefaultValue = defaultValue,
    };

    public static HyperparameterSpecification Text(string name, string description, Func<string, string?>? check = null, string? defaultValue = null) => new()
    {
        Name = name,
        Type = HyperparameterType.FreeText,
        Description = description,
        Check = check,
        DefaultValue = defaultValue,
    };

    /// <summary>The metric that a tuning job watches; its service tells every training job of it.</summary>
    public static HyperparameterSpecification TuningMetric { get; } = Text("_tuning_objective_metric", "Metric a tuning job optimizes.");

    /// <summary>A JSON list of some words.</summary>
    public static HyperparameterSpecification WordList(string name, string description, string defaultValue, params string[] allowed) =>
        Text(
            name,
            description,
            value => Words(value).FirstOrDefault(word => !allowed.Contains(word)) is { } other ? $"'{other}' is not one of {string.Join(", ", allowed)}" : null,
            defaultValue);

    /// <summary>The words of a JSON list, also without its quotes.</summary>
    public static string[] Words(string list) => list.Trim().TrimStart('[').TrimEnd(']')
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('"', '\'', ' ', '\\')).ToArray();
}
