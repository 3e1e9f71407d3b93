using System.Diagnostics.CodeAnalysis;
using Sagebrush.Algorithms;
using Sagebrush.Services.Images;

namespace Sagebrush.Services.Training;

/// <summary>What runs a job: a built-in algorithm, or the user's script under a framework's conventions.</summary>
/// <param name="Algorithm">The built-in algorithm; null for a script.</param>
/// <param name="Framework">The framework of a script; null for an algorithm.</param>
internal sealed record TrainingProgram(IBuiltInAlgorithm? Algorithm, Framework? Framework)
{
    private const string ProgramHyperparameter = "sagemaker_program";

    /// <summary>The module AWS's image would run, told to scripts.</summary>
    public string? FrameworkModule => Framework?.TrainingModule;

    /// <summary>Tells from the image's name and the hyperparameters what runs the job.</summary>
    public static bool TryFind(
        string image, IReadOnlyDictionary<string, string>? hyperparameters, [NotNullWhen(true)] out TrainingProgram? program, [NotNullWhen(false)] out string? problem)
    {
        program = null;
        problem = null;
        if (PublishedImage.TryParse(image) is not { } published)
        {
            problem = $"The training image '{image}' cannot be run here: it is none of the images that AWS publishes for SageMaker's algorithms and frameworks.";
            return false;
        }

        var repository = published.Repository;
        var hasScript = hyperparameters?.ContainsKey(ProgramHyperparameter) == true;
        if (BuiltInAlgorithms.Find(repository == "sagemaker-xgboost" ? "xgboost" : repository) is { } algorithm && !(repository == "sagemaker-xgboost" && hasScript))
        {
            program = new(algorithm, null);
        }
        else if (Framework.OfTraining(repository) is { } framework)
        {
            program = new(null, framework);
        }
        else if (repository.Contains("inference", StringComparison.Ordinal) || repository.Contains("serving", StringComparison.Ordinal))
        {
            problem = $"The image '{image}' serves models; it cannot train.";
        }
        else
        {
            problem = $"The training image '{image}' is one that AWS publishes, but what it does is not built in here. Built-in algorithms: {string.Join(", ", BuiltInAlgorithms.All.Select(known => known.Name))}; "
                + $"frameworks: {string.Join(", ", Framework.All.Select(known => known.Name))}.";
        }

        return program is not null;
    }
}
