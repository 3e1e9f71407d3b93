namespace Sagebrush.Learning.Linear;

/// <summary>How weights are found: most ways follow the gradients of mini-batches.</summary>
public enum LinearOptimizer
{
    /// <summary>The least squares themselves where the loss is squared and the columns are scaled and not many; else Adam.</summary>
    Automatic,

    /// <summary>Adam (Kingma and Ba 2015).</summary>
    Adam,

    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>RMSProp (Tieleman and Hinton 2012).</summary>
    RmsProp,
}
