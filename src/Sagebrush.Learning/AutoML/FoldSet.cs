using Sagebrush.Learning.Features;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.AutoML;

/// <summary>A fold's features: how they are made, and those of its rows.</summary>
internal sealed record FoldSet(FeaturePipeline Pipeline, FeatureMatrix Train, FeatureMatrix Valid)
{
    /// <summary>The features whose numbers name categories.</summary>
    public IReadOnlyList<int> Categorical => Pipeline.CategoricalFeatures;
}
