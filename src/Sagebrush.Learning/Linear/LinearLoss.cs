namespace Sagebrush.Learning.Linear;

/// <summary>What a linear model's training makes small; e is the prediction less the label, m the margin.</summary>
public enum LinearLoss
{
    /// <summary>e².</summary>
    Squared,

    /// <summary>|e|.</summary>
    Absolute,

    /// <summary>max(0, |e| - ε)².</summary>
    EpsilonInsensitiveSquared,

    /// <summary>max(0, |e| - ε).</summary>
    EpsilonInsensitiveAbsolute,

    /// <summary>q·max(0, -e) + (1 - q)·max(0, e) (Koenker and Bassett 1978).</summary>
    Quantile,

    /// <summary>e²/2 up to δ, beyond δ(|e| - δ/2) (Huber 1964).</summary>
    Huber,

    /// <summary>log(1 + exp(-m)).</summary>
    Logistic,

    /// <summary>max(0, margin - m); for several classes the sum over one-against-rest margins.</summary>
    Hinge,

    /// <summary>Negative log-likelihood of the softmax of the classes' scores.</summary>
    Softmax,
}
