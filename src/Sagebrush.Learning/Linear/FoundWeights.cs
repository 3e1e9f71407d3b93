namespace Sagebrush.Learning.Linear;

/// <summary>A model found in closed form, or as good as.</summary>
/// <param name="Weights">The weights, that of the bias last.</param>
/// <param name="MeanLoss">The mean loss over the rows it was found by, without penalties.</param>
internal readonly record struct FoundWeights(double[] Weights, double MeanLoss);
