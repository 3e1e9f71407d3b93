namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>How one of a widget's metrics is drawn.</summary>
/// <param name="Color">Its colour as <c>#rrggbb</c>; null for the next of the usual ones.</param>
/// <param name="OnRight">Whether it is of the right axis.</param>
internal sealed record WidgetLine(string? Color, bool OnRight);
