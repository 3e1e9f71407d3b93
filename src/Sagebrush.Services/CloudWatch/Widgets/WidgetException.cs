namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>A widget's JSON cannot be drawn; the message says what is wrong with it, for the caller.</summary>
internal sealed class WidgetException(string message) : Exception(message);
