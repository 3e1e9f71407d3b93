namespace Sagebrush.Algorithms.Formats;

/// <summary>The form of a model's answers.</summary>
/// <param name="ListName">What JSON calls the list of rows, such as <c>predictions</c>.</param>
/// <param name="Fields">The parts of a row's answer.</param>
internal sealed record AnswerLayout(string ListName, params AnswerField[] Fields)
{
    /// <summary>Numbers per row.</summary>
    public int Width { get; } = Fields.Sum(field => field.Width);

    /// <summary>The names of the parts.</summary>
    public string[] Names { get; } = [.. Fields.Select(field => field.Name)];

    /// <summary>Numbers per part.</summary>
    public int[] Widths { get; } = [.. Fields.Select(field => field.Width)];
}
