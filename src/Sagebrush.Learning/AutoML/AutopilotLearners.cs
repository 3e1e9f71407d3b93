using Sagebrush.Learning.AutoML.Learners;

namespace Sagebrush.Learning.AutoML;

/// <summary>Which learners Autopilot can use.</summary>
public static class AutopilotLearners
{
    /// <summary>Their names, as SageMaker's where it has the learner.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. LearnerCatalogue.All.Select(learner => learner.Name)];

    /// <summary>The learner that stands for one of SageMaker's; null when none does.</summary>
    /// <remarks>SageMaker has the same kind of network three times, by the library it is made with.</remarks>
    public static string? Find(string name) => name is "nn-torch" or "fastai" ? "mlp" : Names.FirstOrDefault(own => own == name);
}
