namespace Sagebrush.Learning.Linear;

/// <summary>How a <see cref="LinearLearner"/> learns. What is null is chosen by it.</summary>
public sealed record LinearLearnerOptions
{
    /// <summary>What is predicted.</summary>
    public LinearPredictor Predictor { get; init; }

    /// <summary>The loss; null for squared, logistic or softmax, as the predictor asks.</summary>
    public LinearLoss? Loss { get; init; }

    /// <summary>Number of classes of a multiclass classifier.</summary>
    public int ClassCount { get; init; } = 2;

    /// <summary>Passes over the data at most.</summary>
    public int Epochs { get; init; } = 15;

    /// <summary>Rows per step; null for 1000, fewer when there are few rows.</summary>
    public int? BatchSize { get; init; }

    /// <summary>How weights follow gradients.</summary>
    public LinearOptimizer Optimizer { get; init; }

    /// <summary>Step size; null tries several.</summary>
    public double? LearningRate { get; init; }

    /// <summary>L1 penalty; null tries several.</summary>
    public double? L1 { get; init; }

    /// <summary>L2 penalty (weight decay); null tries several.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>Number of models trained side by side; null for up to 32.</summary>
    public int? ModelCount { get; init; }

    /// <summary>Adam's decay of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the second moment, and RMSProp's.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Momentum of gradient descent.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Factor of the bias's learning rate.</summary>
    public double BiasLearningRateFactor { get; init; } = 1;

    /// <summary>Factor of the bias's weight decay.</summary>
    public double BiasWeightDecayFactor { get; init; }

    /// <summary>Whether there is a bias.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The bias to begin with.</summary>
    public double InitialBias { get; init; }

    /// <summary>Half the width of the uniform distribution of initial weights.</summary>
    public double InitialScale { get; init; } = 0.07;

    /// <summary>Standard deviation of a normal distribution of initial weights; null for the uniform one.</summary>
    public double? InitialSigma { get; init; }

    /// <summary>Whether the learning rate falls.</summary>
    public bool UseSchedule { get; init; } = true;

    /// <summary>Factor by which it falls; null for a fall to a hundredth over all epochs.</summary>
    public double? ScheduleFactor { get; init; }

    /// <summary>Steps between falls.</summary>
    public int? ScheduleStep { get; init; }

    /// <summary>Where it stops falling.</summary>
    public double MinimumLearningRate { get; init; } = 1e-5;

    /// <summary>Whether features are shifted to mean 0 while learning.</summary>
    public bool UnbiasData { get; init; } = true;

    /// <summary>Whether features are scaled to standard deviation 1 while learning.</summary>
    public bool NormalizeData { get; init; } = true;

    /// <summary>Whether a regressor's label is shifted to mean 0 while learning.</summary>
    public bool UnbiasLabel { get; init; } = true;

    /// <summary>Whether a regressor's label is scaled to standard deviation 1 while learning.</summary>
    public bool NormalizeLabel { get; init; } = true;

    /// <summary>Rows that means and deviations are taken from.</summary>
    public int ScalerRows { get; init; } = 10_000;

    /// <summary>ε of the insensitive losses, in units of the label.</summary>
    public double Insensitivity { get; init; } = 0.01;

    /// <summary>q of the quantile loss.</summary>
    public double Quantile { get; init; } = 0.5;

    /// <summary>δ of Huber's loss, in units of the label.</summary>
    public double HuberDelta { get; init; } = 1;

    /// <summary>Margin of the hinge loss.</summary>
    public double Margin { get; init; } = 1;

    /// <summary>Weight of positive rows; null gives both classes the same sum.</summary>
    public double? PositiveWeight { get; init; } = 1;

    /// <summary>Whether all classes of a multiclass problem get the same sum of weights.</summary>
    public bool BalanceClasses { get; init; }

    /// <summary>What chooses the model and the threshold of a binary classifier.</summary>
    public SelectionCriterion Criterion { get; init; }

    /// <summary>β of F-beta.</summary>
    public double FBeta { get; init; } = 1;

    /// <summary>Recall to hold.</summary>
    public double TargetRecall { get; init; } = 0.8;

    /// <summary>Precision to hold.</summary>
    public double TargetPrecision { get; init; } = 0.8;

    /// <summary>Rows the threshold is found on at most; null for all.</summary>
    public int? CalibrationRows { get; init; }

    /// <summary>Epochs without improvement before training ends.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>What share of the loss counts as an improvement.</summary>
    public double Tolerance { get; init; } = 0.001;

    /// <summary>Threads at most; 0 for all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Seed of weights and the order of rows.</summary>
    public long Seed { get; init; }

    internal LinearLoss EffectiveLoss => Loss ?? Predictor switch
    {
        LinearPredictor.Regressor => LinearLoss.Squared,
        LinearPredictor.BinaryClassifier => LinearLoss.Logistic,
        _ => LinearLoss.Softmax,
    };

    internal int OutputCount => Predictor == LinearPredictor.MulticlassClassifier ? ClassCount : 1;
}
