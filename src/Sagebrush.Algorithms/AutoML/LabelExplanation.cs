namespace Sagebrush.Algorithms.AutoML;

/// <summary>What moves the prediction of a label.</summary>
/// <param name="Label">The class, or the target of a regression.</param>
/// <param name="Expected">The mean prediction of the background.</param>
/// <param name="Columns">The mean magnitude of each column's SHAP values, the largest first.</param>
internal sealed record LabelExplanation(string Label, double Expected, IReadOnlyList<(string Column, double Importance)> Columns);
