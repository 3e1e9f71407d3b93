using Sagebrush.Services.CloudWatch.MetricMath;
using SkiaSharp;

namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>A series as it is drawn.</summary>
/// <param name="Series">Its values.</param>
/// <param name="Color">Its colour.</param>
/// <param name="OnRight">Whether it is of the right axis.</param>
internal sealed record WidgetSeries(TimeSeries Series, SKColor Color, bool OnRight);
