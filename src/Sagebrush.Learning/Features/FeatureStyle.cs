namespace Sagebrush.Learning.Features;

/// <summary>For which kind of model features are made.</summary>
public enum FeatureStyle
{
    /// <summary>For trees: numbers as they are, missing ones left so, one feature per frequent category.</summary>
    Trees = 0,

    /// <summary>For trees: categories by the mean of the target and by their frequency.</summary>
    TreesOfTarget = 1,

    /// <summary>For models that sum or measure distances: everything filled, unskewed and scaled.</summary>
    Scaled = 2,
}
