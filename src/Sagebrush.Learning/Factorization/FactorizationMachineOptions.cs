namespace Sagebrush.Learning.Factorization;

/// <summary>How a <see cref="FactorizationMachine"/> learns; the defaults are SageMaker's.</summary>
public sealed record FactorizationMachineOptions
{
    /// <summary>Whether labels are classes 0 and 1; otherwise numbers.</summary>
    public bool IsClassifier { get; init; }

    /// <summary>Number of factors per feature.</summary>
    public required int FactorCount { get; init; }

    /// <summary>Passes over the data.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Rows per step.</summary>
    public int BatchSize { get; init; } = 1000;

    /// <summary>The bias.</summary>
    public TermOptions Bias { get; init; } = new(0.1, 0.01);

    /// <summary>The weights of features.</summary>
    public TermOptions Linear { get; init; } = new(0.001, 0.001);

    /// <summary>The factors of features.</summary>
    public TermOptions Factors { get; init; } = new(0.0001, 0.00001, 0.001);

    /// <summary>Where gradients are cut off; null for nowhere.</summary>
    public double? Clip { get; init; }

    /// <summary>Factor of the sums of gradients; null for 1 over the rows of the step.</summary>
    public double? Rescale { get; init; }

    /// <summary>Keeps steps from dividing by 0.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Threads at most; 0 for all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Seed.</summary>
    public long Seed { get; init; }
}
