using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Learning.AutoML.Learners;

/// <summary>The learners there are.</summary>
internal static class LearnerCatalogue
{
    public static IReadOnlyList<ILearner> All { get; } =
    [
        new XGBoostLearner(), new LeafwiseLearner(), new NetworkLearner(), new ForestLearner(false), new ForestLearner(true), new LinearModelLearner(), new NeighborsLearner(),
    ];

    /// <summary>Whether an exception says that a learner cannot learn from what it got: other candidates may.</summary>
    public static bool IsLearningFailure(Exception exception) =>
        exception is XGBoostException or ArgumentException or ArithmeticException or InvalidOperationException or Tables.TableFormatException or ModelFormatException;

    /// <exception cref="ModelFormatException">There is none of that name.</exception>
    public static ILearner Get(string name) =>
        All.FirstOrDefault(learner => learner.Name == name) ?? throw new ModelFormatException($"there is no learner '{name}'.");
}
