namespace Sagebrush.State.Resources;

/// <summary>A condition on one <see cref="ResourceAttribute"/>. A resource without the attribute does not pass.</summary>
public sealed record AttributeFilter
{
    private AttributeFilter(string name, string? text, double minimum, double maximum) =>
        (Name, Text, Minimum, Maximum) = (name, text, minimum, maximum);

    /// <summary>The attribute.</summary>
    public string Name { get; }

    /// <summary>The text it must be equal to, or null when it must be a number in the range.</summary>
    public string? Text { get; }

    /// <summary>The smallest number that passes.</summary>
    public double Minimum { get; }

    /// <summary>The largest number that passes.</summary>
    public double Maximum { get; }

    /// <summary>The attribute is this text, letter case included.</summary>
    public static AttributeFilter Equal(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new AttributeFilter(name, text, 0, 0);
    }

    /// <summary>The attribute is this number.</summary>
    public static AttributeFilter Equal(string name, double number) => Between(name, number, number);

    /// <summary>The attribute is a number in the range, both ends included.</summary>
    public static AttributeFilter Between(string name, double minimum, double maximum) =>
        new(name, null, minimum, maximum);
}
