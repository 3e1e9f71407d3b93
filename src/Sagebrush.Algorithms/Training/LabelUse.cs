namespace Sagebrush.Algorithms.Training;

/// <summary>What an algorithm does with labels.</summary>
internal enum LabelUse
{
    /// <summary>Each row has one.</summary>
    Required,

    /// <summary>They are read where the channel has them.</summary>
    Optional,
}
