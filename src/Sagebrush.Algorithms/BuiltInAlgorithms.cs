using Sagebrush.Algorithms.Anomaly;
using Sagebrush.Algorithms.AutoML;
using Sagebrush.Algorithms.Clustering;
using Sagebrush.Algorithms.Decomposition;
using Sagebrush.Algorithms.FactorizationMachines;
using Sagebrush.Algorithms.LinearLearner;
using Sagebrush.Algorithms.Neighbors;
using Sagebrush.Algorithms.Networks;
using Sagebrush.Algorithms.Trees;
using Sagebrush.Algorithms.XGBoost;

namespace Sagebrush.Algorithms;

/// <summary>The algorithms that are part of this program.</summary>
public static class BuiltInAlgorithms
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IBuiltInAlgorithm> All { get; } =
    [
        new XGBoostAlgorithm(), new LinearLearnerAlgorithm(), new KMeansAlgorithm(), new PcaAlgorithm(), new RandomCutForestAlgorithm(), new NearestNeighborsAlgorithm(), new FactorizationMachinesAlgorithm(),
        LightGbmAlgorithm.Classifier, LightGbmAlgorithm.Regressor, ForestAlgorithm.RandomForest, ForestAlgorithm.ExtraTrees, new TabularMlpAlgorithm(), new AutopilotAlgorithm(),
    ];

    /// <summary>Finds an algorithm by its name; null when there is none.</summary>
    public static IBuiltInAlgorithm? Find(string name) =>
        All.FirstOrDefault(algorithm => string.Equals(algorithm.Name, name, StringComparison.OrdinalIgnoreCase));
}
