namespace Sagebrush.Learning.Linear;

/// <summary>How weights follow the gradients of mini-batches.</summary>
public enum LinearOptimizer
{
    /// <summary>Adam (Kingma and Ba 2015).</summary>
    Adam,

    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>RMSProp (Tieleman and Hinton 2012).</summary>
    RmsProp,
}
