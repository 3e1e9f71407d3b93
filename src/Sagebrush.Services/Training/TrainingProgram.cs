using System.Diagnostics.CodeAnalysis;
using Sagebrush.Algorithms;
using Sagebrush.Compute.Containers;
using Sagebrush.Services.Images;

namespace Sagebrush.Services.Training;

/// <summary>What runs a job: a built-in algorithm, the user's script under a framework's conventions, or an image in a container.</summary>
/// <param name="Algorithm">The built-in algorithm, if it is one.</param>
/// <param name="Framework">The framework of a script, if it is one.</param>
internal sealed record TrainingProgram(IBuiltInAlgorithm? Algorithm, Framework? Framework)
{
    private const string ProgramHyperparameter = "sagemaker_program";

    /// <summary>Whether the image itself runs: it is none that AWS publishes.</summary>
    public bool IsContainer => Algorithm is null && Framework is null;

    /// <summary>Whether it is a script of the user's that a Python of this machine runs.</summary>
    public bool IsScript => Framework is not null;

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
            program = ImageSource.IsValid(image) ? new(null, null) : null;
            problem = program is null ? $"'{image}' cannot name an image: it must be of the form [REGISTRY/]REPOSITORY[:TAG]." : null;
            return program is not null;
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
