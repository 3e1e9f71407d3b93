using Sagebrush.Learning.AutoML.Learners;

namespace Sagebrush.Learning.AutoML;

/// <summary>Which learners Autopilot can use.</summary>
public static class AutopilotLearners
{
    /// <summary>Their names, as SageMaker's where it has the learner.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. LearnerCatalogue.All.Select(learner => learner.Name)];
}
