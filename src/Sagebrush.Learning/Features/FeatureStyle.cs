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

    /// <summary>For learners that know categories: numbers as they are, a category by its number.</summary>
    Codes = 3,

    /// <summary>For models that sum or measure distances: the principal components of everything scaled.</summary>
    Components = 4,

    /// <summary>Nothing of the columns: what other candidates predict is all there is.</summary>
    Predictions = 5,
}
