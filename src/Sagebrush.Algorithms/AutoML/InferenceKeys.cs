using Sagebrush.Learning;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>What a container answers with, chosen by its variables as in Autopilot's.</summary>
/// <param name="Output">The keys of the answer, in order.</param>
internal sealed record InferenceKeys(IReadOnlyList<string> Output)
{
    public const string PredictedLabel = "predicted_label";
    public const string Probability = "probability";
    public const string Probabilities = "probabilities";
    public const string Labels = "labels";

    /// <summary>The variable with the keys of the answer.</summary>
    public const string OutputVariable = "SAGEMAKER_INFERENCE_OUTPUT";

    /// <summary>The variable with the keys there are.</summary>
    public const string SupportedVariable = "SAGEMAKER_INFERENCE_SUPPORTED";

    /// <summary>All keys.</summary>
    public static IReadOnlyList<string> All { get; } = [PredictedLabel, Probability, Probabilities, Labels];

    /// <summary>Reads the variables; without them the answer is the label alone.</summary>
    /// <exception cref="ModelFormatException">There is no such key.</exception>
    public static InferenceKeys Read(IReadOnlyDictionary<string, string> environment)
    {
        string[] keys = environment.GetValueOrDefault(OutputVariable) is { Length: > 0 } text
            ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [PredictedLabel];
        return keys.FirstOrDefault(key => !All.Contains(key)) is { } other
            ? throw new ModelFormatException($"{OutputVariable} asks for '{other}'; there are {string.Join(", ", All)}.")
            : new(keys);
    }
}
