namespace Sagebrush.Quickstart;

/// <summary>What the user asked for.</summary>
/// <param name="Csv">The table to learn from.</param>
/// <param name="Target">The column to predict.</param>
/// <param name="Separator">What stands between cells; found out when null.</param>
/// <param name="Task">What kind of prediction; found out when null.</param>
/// <param name="Seed">Divides the rows and steers the training, so that a run can be repeated.</param>
internal sealed record QuickstartOptions(string Csv, string Target, char? Separator, LearningTask? Task, int Seed);
