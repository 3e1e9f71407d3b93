namespace Sagebrush.Learning.Networks;

/// <summary>How far a network's learning is.</summary>
/// <param name="Number">Epochs done.</param>
/// <param name="TrainLoss">The mean loss of the rows as they were learnt from.</param>
/// <param name="ValidationLoss">The mean loss of the rows that judge; null when there are none.</param>
public sealed record NetworkEpoch(int Number, double TrainLoss, double? ValidationLoss);
