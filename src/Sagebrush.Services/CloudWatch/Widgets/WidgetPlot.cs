using System.Globalization;
using Sagebrush.Services.CloudWatch.MetricMath;
using SkiaSharp;

namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>Draws series over time, as lines, stacked areas, or one bar each.</summary>
internal sealed class WidgetPlot
{
    private const float TimeRow = 20;
    private const int PixelsPerMark = 45;
    private const byte ShadeAlpha = 40;
    private const byte AreaAlpha = 150;

    private static readonly int[] TimeSteps =
        [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 7_776_000];

    private readonly Widget _widget;
    private readonly WidgetCanvas _canvas;
    private readonly IReadOnlyList<WidgetSeries> _series;

    public WidgetPlot(Widget widget, WidgetCanvas canvas, IReadOnlyList<WidgetSeries> series) =>
        (_widget, _canvas, _series) = (widget, canvas, widget.IsStacked && widget.View == "timeSeries" ? Stack(series) : series);

    private bool IsBar => _widget.View == "bar";

    /// <summary>Draws into an area, axes included.</summary>
    public void Draw(SKRect area)
    {
        var marks = Math.Clamp((int)((area.Height - TimeRow) / PixelsPerMark), 1, 10);
        var left = Scale(onRight: false, _widget.Left, marks);
        var right = _series.Any(one => one.OnRight) ? Scale(onRight: true, _widget.Right, marks) : null;
        var plot = new SKRect(
            area.Left + LabelWidth(left, _widget.Left), area.Top + 6, area.Right - (right is null ? 6 : LabelWidth(right, _widget.Right)), area.Bottom - TimeRow);
        if (plot.Width < 10 || plot.Height < 10)
        {
            throw new WidgetException("The widget is too small for its axes.");
        }

        DrawAxis(plot, left, _widget.Left, onRight: false);
        if (right is not null)
        {
            DrawAxis(plot, right, _widget.Right, onRight: true);
        }

        if (IsBar)
        {
            DrawBars(plot, left, right);
        }
        else
        {
            DrawTimes(plot);
            _canvas.Skia.Save();
            _canvas.Skia.ClipRect(new SKRect(plot.Left, plot.Top - 2, plot.Right, plot.Bottom + 2));
            foreach (var (i, one) in _series.Index().Reverse())
            {
                DrawLine(plot, one, one.OnRight ? right! : left, _widget.IsStacked ? _series.Take(i).LastOrDefault(below => below.OnRight == one.OnRight) : one, _widget.IsStacked);
            }

            _canvas.Skia.Restore();
        }

        DrawAnnotations(plot, left, right);
        if (_series.All(one => one.Series.Values.Length == 0))
        {
            _canvas.Text("No data available.", plot.MidX, plot.MidY, _canvas.Colors.Faint, SKTextAlign.Center);
        }
    }

    private static List<WidgetSeries> Stack(IReadOnlyList<WidgetSeries> series)
    {
        // Each axis has a stack of its own.
        var (left, right, stacked) = (new SortedDictionary<long, double>(), new SortedDictionary<long, double>(), new List<WidgetSeries>());
        foreach (var one in series)
        {
            var sums = one.OnRight ? right : left;
            foreach (var (time, value) in one.Series.Times.Zip(one.Series.Values))
            {
                sums[time] = sums.GetValueOrDefault(time) + value;
            }

            stacked.Add(one with { Series = TimeSeries.From(one.Series.Label, one.Series.Period, sums.Select(sum => (sum.Key, sum.Value))) });
        }

        return stacked;
    }

    private AxisScale Scale(bool onRight, WidgetAxis axis, int marks)
    {
        var values = _series.Where(one => one.OnRight == onRight)
            .SelectMany(one => IsBar ? one.Series.Values.TakeLast(1) : one.Series.Values)
            .Concat(_widget.Horizontal.Where(line => line.OnRight == onRight).Select(line => line.Value))
            .Concat(_widget.IsStacked || IsBar ? [0.0] : [])
            .ToList();
        return AxisScale.Of(values.DefaultIfEmpty(double.NaN).Min(), values.DefaultIfEmpty(double.NaN).Max(), axis, marks);
    }

    private float LabelWidth(AxisScale scale, WidgetAxis axis) =>
        scale.Marks().Select(mark => _canvas.Width(scale.Write(mark))).DefaultIfEmpty(0).Max() + 10 + (axis.Label is null ? 0 : 16);

    private void DrawAxis(SKRect plot, AxisScale scale, WidgetAxis axis, bool onRight)
    {
        foreach (var mark in scale.Marks())
        {
            var y = MathF.Round(Y(plot, scale, mark)) + 0.5f;
            if (!onRight)
            {
                _canvas.Line(plot.Left, y, plot.Right, y, _canvas.Colors.Grid);
            }

            _canvas.Text(scale.Write(mark), onRight ? plot.Right + 6 : plot.Left - 6, y + 4, _canvas.Colors.Faint, onRight ? SKTextAlign.Left : SKTextAlign.Right);
        }

        if (axis.Label is { } label)
        {
            var x = onRight ? _widget.Width - 14 : 20f;
            _canvas.Skia.Save();
            _canvas.Skia.RotateDegrees(-90, x, plot.MidY);
            _canvas.Text(_canvas.Fit(label, plot.Height), x, plot.MidY, _canvas.Colors.Text, SKTextAlign.Center);
            _canvas.Skia.Restore();
        }
    }

    private void DrawTimes(SKRect plot)
    {
        var span = _widget.End - _widget.Start;
        var format = span > 3 * 86_400 ? "MM/dd" : span < 600 ? "HH:mm:ss" : "HH:mm";
        var room = Math.Max(1, plot.Width / (_canvas.Width(format) + 28));
        var step = TimeSteps.FirstOrDefault(step => span / (double)step <= room, TimeSteps[^1]);
        var zone = (long)_widget.TimeZone.TotalSeconds;
        for (var time = ((_widget.Start + zone + step - 1) / step * step) - zone; time <= _widget.End; time += step)
        {
            var x = MathF.Round(X(plot, time)) + 0.5f;
            _canvas.Line(x, plot.Bottom, x, plot.Bottom + 4, _canvas.Colors.Faint);
            var text = DateTimeOffset.FromUnixTimeSeconds(time + zone).ToString(format, CultureInfo.InvariantCulture);
            var half = _canvas.Width(text) / 2;
            _canvas.Text(text, Math.Clamp(x, plot.Left - 10 + half, _widget.Width - half - 2), plot.Bottom + 16, _canvas.Colors.Faint, SKTextAlign.Center);
        }

        _canvas.Line(plot.Left, plot.Bottom + 0.5f, plot.Right, plot.Bottom + 0.5f, _canvas.Colors.Faint);
    }

    /// <summary>A line, broken where values are missing; or the area between it and the one below.</summary>
    private void DrawLine(SKRect plot, WidgetSeries one, AxisScale scale, WidgetSeries? below, bool asArea)
    {
        using var outline = new SKPathBuilder();
        var (series, last) = (one.Series, long.MinValue);
        for (var i = 0; i < series.Times.Length; i++)
        {
            var (x, y) = (X(plot, series.Times[i]), Y(plot, scale, series.Values[i]));
            var connected = last != long.MinValue && (asArea || series.Times[i] - last <= series.Period);
            if (connected)
            {
                outline.LineTo(x, y);
            }
            else
            {
                outline.MoveTo(x, y);
            }

            // A value on its own would be a line without length.
            var alone = !connected && (i + 1 == series.Times.Length || series.Times[i + 1] - series.Times[i] > series.Period);
            if (alone)
            {
                using var dot = new SKPaint { Color = one.Color, IsAntialias = true };
                _canvas.Skia.DrawCircle(x, y, 2.5f, dot);
            }

            last = series.Times[i];
        }

        using var path = outline.Snapshot();
        if (asArea && series.Times.Length > 0)
        {
            for (var i = series.Times.Length - 1; i >= 0; i--)
            {
                outline.LineTo(X(plot, series.Times[i]), Y(plot, scale, below?.Series.At(series.Times[i]) ?? Math.Max(0, scale.Minimum)));
            }

            outline.Close();
            using var area = outline.Detach();
            using var fill = new SKPaint { Color = one.Color.WithAlpha(AreaAlpha), IsAntialias = true };
            _canvas.Skia.DrawPath(area, fill);
        }

        using var paint = new SKPaint { Color = one.Color, StrokeWidth = 1.8f, Style = SKPaintStyle.Stroke, IsAntialias = true, StrokeJoin = SKStrokeJoin.Round };
        _canvas.Skia.DrawPath(path, paint);
    }

    private void DrawBars(SKRect plot, AxisScale left, AxisScale? right)
    {
        var width = plot.Width / Math.Max(1, _series.Count);
        foreach (var (i, one) in _series.Index())
        {
            if (one.Series.Values is not [.., var value])
            {
                continue;
            }

            var scale = one.OnRight ? right! : left;
            var (zero, top) = (Y(plot, scale, Math.Clamp(0, scale.Minimum, scale.Maximum)), Y(plot, scale, value));
            var x = plot.Left + (i * width);
            _canvas.Fill(new SKRect(x + (0.15f * width), Math.Min(zero, top), x + (0.85f * width), Math.Max(zero, top)), one.Color);
            _canvas.Text(_canvas.Fit(one.Series.Label, width), x + (width / 2), plot.Bottom + 16, _canvas.Colors.Faint, SKTextAlign.Center);
        }
    }

    private void DrawAnnotations(SKRect plot, AxisScale left, AxisScale? right)
    {
        foreach (var line in _widget.Horizontal)
        {
            var (scale, color) = (line.OnRight && right is not null ? right : left, line.Color is { } own ? SKColor.Parse(own) : WidgetColors.Annotation);
            var y = Y(plot, scale, line.Value);
            if (y < plot.Top - 1 || y > plot.Bottom + 1)
            {
                continue;
            }

            if (line.Fill is "above" or "below")
            {
                _canvas.Fill(line.Fill == "above" ? new SKRect(plot.Left, plot.Top, plot.Right, y) : new SKRect(plot.Left, y, plot.Right, plot.Bottom), color.WithAlpha(ShadeAlpha));
            }

            _canvas.Line(plot.Left, y, plot.Right, y, color, 1.5f, dashed: true);
            if (line.Label is { } label)
            {
                _canvas.Text(_canvas.Fit(label, plot.Width - 10), plot.Right - 4, y - 4, color, SKTextAlign.Right);
            }
        }

        foreach (var line in IsBar ? [] : _widget.Vertical)
        {
            var (x, color) = (X(plot, line.Value), line.Color is { } own ? SKColor.Parse(own) : WidgetColors.Annotation);
            if (x < plot.Left - 1 || x > plot.Right + 1)
            {
                continue;
            }

            if (line.Fill is "before" or "after")
            {
                _canvas.Fill(line.Fill == "before" ? new SKRect(plot.Left, plot.Top, x, plot.Bottom) : new SKRect(x, plot.Top, plot.Right, plot.Bottom), color.WithAlpha(ShadeAlpha));
            }

            _canvas.Line(x, plot.Top, x, plot.Bottom, color, 1.5f, dashed: true);
            if (line.Label is { } label)
            {
                _canvas.Text(label, x + 4, plot.Top + 10, color);
            }
        }
    }

    private float X(SKRect plot, double time) => plot.Left + (float)((time - _widget.Start) / (_widget.End - _widget.Start) * plot.Width);

    private static float Y(SKRect plot, AxisScale scale, double value) => plot.Bottom - (float)(scale.Share(value) * plot.Height);
}
