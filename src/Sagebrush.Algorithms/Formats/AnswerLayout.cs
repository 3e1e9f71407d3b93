namespace Sagebrush.Algorithms.Formats;

/// <summary>The form of a model's answers.</summary>
/// <param name="ListName">What JSON calls the list of rows, such as <c>predictions</c>.</param>
/// <param name="Fields">The parts of a row's answer.</param>
internal sealed record AnswerLayout(string ListName, params AnswerField[] Fields)
{
    /// <summary>Numbers per row.</summary>
    public int Width { get; } = Fields.Sum(field => field.Width);

    /// <summary>Whether JSON has a list per part, over all rows, instead of an object per row.</summary>
    public bool IsColumnar { get; init; }

    /// <summary>Numbers that JSON tells beside the rows, in the form of a list per part; null when there are none.</summary>
    public (string Name, IReadOnlyList<float> Values)? Shared { get; init; }

    /// <summary>The names of the parts.</summary>
    public string[] Names { get; } = [.. Fields.Select(field => field.Name)];

    /// <summary>Numbers per part.</summary>
    public int[] Widths { get; } = [.. Fields.Select(field => field.Width)];
}
