namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>The value of a metric on a data set after a boosting round.</summary>
/// <param name="DataSet">Name of the data set, for example <c>validation</c>.</param>
/// <param name="Metric">Name of the metric, for example <c>auc</c>.</param>
/// <param name="Value">Its value.</param>
public readonly record struct EvaluatedMetric(string DataSet, string Metric, double Value);
