namespace Sagebrush.Algorithms.AutoML;

/// <summary>Something that went wrong without ending the training.</summary>
/// <param name="Status">The secondary status it stands for: <c>ModelInsightsError</c> or <c>ExplainabilityError</c>.</param>
/// <param name="Message">What went wrong.</param>
public sealed record AutopilotMishap(string Status, string Message);
