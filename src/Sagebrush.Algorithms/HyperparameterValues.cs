using System.Globalization;

namespace Sagebrush.Algorithms;

/// <summary>Hyperparameters of a job, checked, with the defaults of those it does not give.</summary>
/// <param name="schema">What they mean.</param>
/// <param name="values">Their values under their main names.</param>
internal sealed class HyperparameterValues(HyperparameterSchema schema, IReadOnlyDictionary<string, string> values)
{
    /// <summary>Checks values.</summary>
    /// <exception cref="CustomerErrorException">Some are wrong; the message names all of them.</exception>
    public static HyperparameterValues Check(HyperparameterSchema schema, IReadOnlyDictionary<string, string> values)
    {
        var validation = schema.Validate(values);
        return validation.IsValid ? new(schema, validation.Values) : throw new CustomerErrorException(validation.Message);
    }

    public bool IsGiven(string name) => values.ContainsKey(name);

    public string Text(string name) => TextOrNull(name) ?? throw new InvalidOperationException($"The hyperparameter {name} has no default.");

    public string? TextOrNull(string name) => values.GetValueOrDefault(name) ?? schema.Find(name)!.DefaultValue;

    public int Integer(string name) => int.Parse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>Null for a word such as <c>auto</c>, and for what is neither given nor has a default.</summary>
    public int? IntegerOrNull(string name) =>
        int.TryParse(TextOrNull(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public double Number(string name) => double.Parse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>Null for a word such as <c>auto</c>, and for what is neither given nor has a default.</summary>
    public double? NumberOrNull(string name) =>
        double.TryParse(TextOrNull(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary><c>auto</c> counts as <paramref name="automatic"/>.</summary>
    public bool Flag(string name, bool automatic = true) => bool.TryParse(Text(name), out var value) ? value : automatic;
}
