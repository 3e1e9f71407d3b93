using System.Globalization;
using System.Text;
using Sagebrush.CommandLine;

namespace Sagebrush.Quickstart;

/// <summary>What the endpoint answered for the held-out rows, and how fast.</summary>
/// <param name="Values">Row-major answers: one probability or value a row, or one probability for each class.</param>
/// <param name="Width">Numbers per row.</param>
/// <param name="Latency">Of requests with a single row, one after another.</param>
internal sealed record Predictions(float[] Values, int Width, Latency Latency)
{
    /// <summary>Reads numbers however the endpoint separates them: commas, line ends, brackets.</summary>
    public static float[] Parse(byte[] answer, int expected)
    {
        var text = Encoding.UTF8.GetString(answer);
        var words = text.Split([',', '\n', '\r', ' ', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
        var values = new float[words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            if (!float.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]))
            {
                throw Unexpected(text, expected);
            }
        }

        return values.Length == expected ? values : throw Unexpected(text, expected);
    }

    /// <summary>The scores of a task with classes.</summary>
    public ClassificationScore ScoreClasses(PreparedData data)
    {
        var actual = data.Split.Test.Select(position => (int)data.Target.Values[position]).ToArray();
        var probabilities = Width > 1 ? Values : [.. Values.SelectMany(positive => new[] { 1 - positive, positive })];
        return ClassificationScore.Of(actual, probabilities, data.Target.Classes.Count);
    }

    private static CommandException Unexpected(string text, int expected) => new(
        ExitCode.Failure, $"the endpoint answered '{text[..Math.Min(text.Length, 80)].Trim()}' where {expected} numbers were expected");
}
