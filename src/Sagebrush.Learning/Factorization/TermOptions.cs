namespace Sagebrush.Learning.Factorization;

/// <summary>How the bias, the linear or the factor terms of a factorization machine learn.</summary>
/// <param name="LearningRate">Step size.</param>
/// <param name="WeightDecay">L2 penalty.</param>
/// <param name="Sigma">Standard deviation of normal initial values; null for none.</param>
/// <param name="Scale">Half the width of uniform initial values, where there is no deviation; null for none.</param>
/// <param name="Value">The initial value where there is neither.</param>
public sealed record TermOptions(double LearningRate, double WeightDecay, double? Sigma = 0.01, double? Scale = null, double Value = 0);
