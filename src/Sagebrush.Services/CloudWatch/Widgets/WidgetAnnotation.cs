namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>A line across a widget.</summary>
/// <param name="Value">A value, or a time in Unix seconds for a vertical line.</param>
/// <param name="Label">What stands at it, if anything.</param>
/// <param name="Color">Its colour as <c>#rrggbb</c>; null for the usual one.</param>
/// <param name="Fill">Which side is shaded: <c>above</c>, <c>below</c>, <c>before</c>, <c>after</c>; null for none.</param>
/// <param name="OnRight">Whether its value is of the right axis.</param>
internal sealed record WidgetAnnotation(double Value, string? Label, string? Color, string? Fill, bool OnRight);
