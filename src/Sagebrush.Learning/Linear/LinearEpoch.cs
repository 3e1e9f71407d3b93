namespace Sagebrush.Learning.Linear;

/// <summary>What one pass over the data reached.</summary>
/// <param name="Epoch">Number of the pass, from 0.</param>
/// <param name="TrainLoss">Mean loss per training row of the model that is best on them, in units of the label.</param>
/// <param name="ValidationLoss">Mean loss per validation row of the model that is best on them; null without such rows.</param>
public readonly record struct LinearEpoch(int Epoch, double TrainLoss, double? ValidationLoss);
