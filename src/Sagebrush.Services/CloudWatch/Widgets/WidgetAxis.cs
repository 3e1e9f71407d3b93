namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>What a widget says about one of its vertical axes.</summary>
/// <param name="Minimum">Where it begins; null to fit the values.</param>
/// <param name="Maximum">Where it ends; null to fit the values.</param>
/// <param name="Label">What stands beside it, if anything.</param>
internal sealed record WidgetAxis(double? Minimum, double? Maximum, string? Label);
