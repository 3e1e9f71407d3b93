namespace Sagebrush.Learning.Trees.Boosting;

/// <summary>What boosted trees make small.</summary>
public enum BoostingObjective
{
    /// <summary>The squared error of a number.</summary>
    SquaredError = 0,

    /// <summary>The absolute error of a number: its median.</summary>
    AbsoluteError = 1,

    /// <summary>Huber's loss: squared for small errors, absolute for large ones.</summary>
    Huber = 2,

    /// <summary>The log loss of two classes, 0 and 1.</summary>
    Binary = 3,

    /// <summary>The log loss of several classes, from 0.</summary>
    Multiclass = 4,
}
