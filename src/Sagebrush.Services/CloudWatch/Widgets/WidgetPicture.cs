using System.Globalization;
using Sagebrush.Services.CloudWatch.MetricMath;
using SkiaSharp;

namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>Draws a widget: title, what its view asks for, and a legend.</summary>
internal sealed class WidgetPicture
{
    private const float Margin = 12;
    private const float LegendRow = 18;
    private const float LegendColumn = 190;

    private readonly Widget _widget;
    private readonly WidgetCanvas _canvas;
    private readonly List<WidgetSeries> _series;

    private WidgetPicture(Widget widget, WidgetCanvas canvas, List<WidgetSeries> series) => (_widget, _canvas, _series) = (widget, canvas, series);

    /// <summary>The picture of a widget over what its queries came to, as a PNG.</summary>
    /// <exception cref="WidgetException">It cannot be drawn.</exception>
    public static byte[] Draw(Widget widget, IReadOnlyList<MetricQueryResult> results)
    {
        using var canvas = new WidgetCanvas(widget);
        var series = results.Select((result, i) =>
        {
            var line = widget.Lines.GetValueOrDefault(result.Id);
            return new WidgetSeries(result.Series, line?.Color is { } color ? SKColor.Parse(color) : WidgetColors.Line(i), line?.OnRight ?? false);
        }).ToList();
        new WidgetPicture(widget, canvas, series).Draw();
        return canvas.ToPng();
    }

    private void Draw()
    {
        var area = new SKRect(Margin, Margin, _widget.Width - Margin, _widget.Height - Margin);
        if (_widget.Title is { Length: > 0 } title)
        {
            _canvas.Title(_canvas.Fit(title, area.Width), _widget.Width / 2f, area.Top + 13);
            area.Top += 24;
        }

        if (_widget.View == "singleValue")
        {
            DrawValues(area);
            return;
        }

        if (_widget.Legend != "hidden" && _series.Count > 0)
        {
            area = DrawLegend(area);
        }

        if (_widget.View == "pie")
        {
            DrawPie(area);
        }
        else
        {
            new WidgetPlot(_widget, _canvas, _series).Draw(area);
        }
    }

    /// <returns>What the legend leaves.</returns>
    private SKRect DrawLegend(SKRect area)
    {
        var right = _widget.Legend == "right";
        var columns = right ? 1 : Math.Max(1, (int)(area.Width / LegendColumn));
        var most = right ? (int)(area.Height / LegendRow) : Math.Max(1, (int)(area.Height / 4 / LegendRow));
        var rows = Math.Min(most, (_series.Count + columns - 1) / columns);
        var left = right ? area.Right - LegendColumn : area.Left;
        var top = right ? area.Top : area.Bottom - (rows * LegendRow);
        for (var i = 0; i < Math.Min(_series.Count, rows * columns); i++)
        {
            var (x, y) = (left + (i % columns * (right ? LegendColumn : area.Width / columns)), top + (i / columns * LegendRow));
            _canvas.Fill(new SKRect(x + 6, y + 4, x + 16, y + 14), _series[i].Color);
            _canvas.Text(_canvas.Fit(_series[i].Series.Label, (right ? LegendColumn : area.Width / columns) - 26), x + 21, y + 13, _canvas.Colors.Text);
        }

        return right
            ? new SKRect(area.Left, area.Top, area.Right - LegendColumn - 6, area.Bottom)
            : new SKRect(area.Left, area.Top, area.Right, top - 6);
    }

    /// <summary>The last value of each series, large.</summary>
    private void DrawValues(SKRect area)
    {
        var width = area.Width / Math.Max(1, _series.Count);
        foreach (var (i, one) in _series.Index())
        {
            var center = area.Left + ((i + 0.5f) * width);
            var text = one.Series.Values is [.., var last] ? last.ToString("0.###", CultureInfo.InvariantCulture) : "--";
            _canvas.Large(text, center, area.MidY + 6, _canvas.Colors.Text);
            _canvas.Text(_canvas.Fit(one.Series.Label, width - 8), center, area.MidY + 30, one.Color, SKTextAlign.Center);
        }
    }

    /// <summary>The last values as shares of a circle.</summary>
    private void DrawPie(SKRect area)
    {
        var slices = _series.Where(one => one.Series.Values is [.., > 0]).ToList();
        var total = slices.Sum(one => one.Series.Values[^1]);
        var radius = Math.Min(area.Width, area.Height) / 2;
        var circle = new SKRect(area.MidX - radius, area.MidY - radius, area.MidX + radius, area.MidY + radius);
        var angle = -90f;
        foreach (var slice in slices)
        {
            var sweep = (float)(360 * slice.Series.Values[^1] / total);
            using var paint = new SKPaint { Color = slice.Color, IsAntialias = true };
            _canvas.Skia.DrawArc(circle, angle, sweep, useCenter: true, paint);
            var middle = (angle + (sweep / 2)) * MathF.PI / 180;
            if (sweep > 14)
            {
                _canvas.Text(
                    (slice.Series.Values[^1] / total).ToString("0 %", CultureInfo.InvariantCulture),
                    area.MidX + (0.65f * radius * MathF.Cos(middle)),
                    area.MidY + (0.65f * radius * MathF.Sin(middle)) + 4,
                    SKColors.White,
                    SKTextAlign.Center);
            }

            angle += sweep;
        }
    }
}
