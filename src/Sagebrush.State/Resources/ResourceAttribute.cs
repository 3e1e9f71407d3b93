namespace Sagebrush.State.Resources;

/// <summary>A text or a number of a resource that lists can be filtered by. Names are unique within a resource.</summary>
public sealed record ResourceAttribute
{
    private ResourceAttribute(string name, string? text, double? number) => (Name, Text, Number) = (name, text, number);

    /// <summary>What the value is of.</summary>
    public string Name { get; }

    /// <summary>The value, when it is a text.</summary>
    public string? Text { get; }

    /// <summary>The value, when it is a number.</summary>
    public double? Number { get; }

    /// <summary>A text.</summary>
    public static ResourceAttribute Of(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ResourceAttribute(name, text, null);
    }

    /// <summary>A number.</summary>
    public static ResourceAttribute Of(string name, double number) => new(name, null, number);
}
