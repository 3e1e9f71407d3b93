using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Sagebrush.Algorithms;

namespace Sagebrush.Services.Training;

/// <summary>What runs a job: a built-in algorithm, or the user's script under a framework's conventions.</summary>
/// <param name="Algorithm">The built-in algorithm; null for a script.</param>
/// <param name="FrameworkModule">The module AWS's image would run, told to scripts.</param>
internal sealed partial record TrainingProgram(IBuiltInAlgorithm? Algorithm, string? FrameworkModule)
{
    private const string ProgramHyperparameter = "sagemaker_program";

    private static readonly string SupportedImages =
        "xgboost:latest, xgboost:1, sagemaker-xgboost:VERSION, sagemaker-scikit-learn:VERSION and " +
        $"{string.Join(", ", BuiltInAlgorithms.All.Where(algorithm => algorithm.Name != "xgboost").Select(algorithm => algorithm.Name + ":1"))} of SageMaker's own registries";

    /// <summary>Tells from the image's name and the hyperparameters what runs the job.</summary>
    public static bool TryFind(
        string image, IReadOnlyDictionary<string, string>? hyperparameters, [NotNullWhen(true)] out TrainingProgram? program, [NotNullWhen(false)] out string? problem)
    {
        var match = Image().Match(image);
        var repository = match.Groups["repository"].Value;
        var hasScript = hyperparameters?.ContainsKey(ProgramHyperparameter) == true;
        program = (match.Success, repository) switch
        {
            (true, "xgboost") when match.Groups["tag"].Value is "latest" or "1" or "" => new(BuiltInAlgorithms.Find("xgboost"), null),
            (true, "sagemaker-xgboost") when hasScript => new(null, "sagemaker_xgboost_container.training:main"),
            (true, "sagemaker-xgboost") => new(BuiltInAlgorithms.Find("xgboost"), null),
            (true, "sagemaker-scikit-learn") => new(null, "sagemaker_sklearn_container.training:main"),
            (true, _) when match.Groups["tag"].Value is "latest" or "1" or "" && BuiltInAlgorithms.Find(repository) is { } algorithm => new(algorithm, null),
            _ => null,
        };
        problem = program is null ? $"The training image '{image}' cannot be run here. Images that can: {SupportedImages}." : null;
        return program is not null;
    }

    [GeneratedRegex(@"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|c2s\.ic\.gov|sc2s\.sgov\.gov|api\.aws)/(?<repository>[a-z0-9._/-]+?)(:(?<tag>[A-Za-z0-9._-]+))?(@sha256:[0-9a-f]{64})?$")]
    private static partial Regex Image();
}
