using SkiaSharp;

namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>What a picture is drawn on: lines, areas and text in the colours of a widget.</summary>
internal sealed class WidgetCanvas : IDisposable
{
    private const float TextSize = 11;

    private readonly SKBitmap _bitmap;
    private readonly SKFont _font;
    private readonly SKFont _title;
    private readonly SKFont _large;

    public WidgetCanvas(Widget widget)
    {
        _bitmap = new SKBitmap(widget.Width, widget.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        Skia = new SKCanvas(_bitmap);
        Colors = WidgetColors.Of(widget);
        _font = new SKFont(WidgetFont.Typeface, TextSize) { Edging = SKFontEdging.Antialias };
        _title = new SKFont(WidgetFont.Typeface, 15) { Edging = SKFontEdging.Antialias };
        _large = new SKFont(WidgetFont.Typeface, 34) { Edging = SKFontEdging.Antialias };
        Skia.Clear(Colors.Background);
    }

    /// <summary>The drawing library's own canvas.</summary>
    public SKCanvas Skia { get; }

    public WidgetColors Colors { get; }

    public float Width(string text) => _font.MeasureText(text);

    public void Text(string text, float x, float y, SKColor color, SKTextAlign align = SKTextAlign.Left) => Write(text, x, y, color, align, _font);

    public void Title(string text, float x, float y) => Write(text, x, y, Colors.Text, SKTextAlign.Center, _title);

    public void Large(string text, float x, float y, SKColor color) => Write(text, x, y, color, SKTextAlign.Center, _large);

    public void Line(float x1, float y1, float x2, float y2, SKColor color, float width = 1, bool dashed = false)
    {
        using var dashes = dashed ? SKPathEffect.CreateDash([5, 4], 0) : null;
        using var paint = new SKPaint { Color = color, StrokeWidth = width, Style = SKPaintStyle.Stroke, PathEffect = dashes, IsAntialias = width != 1 };
        Skia.DrawLine(x1, y1, x2, y2, paint);
    }

    public void Fill(SKRect area, SKColor color)
    {
        using var paint = new SKPaint { Color = color, Style = SKPaintStyle.Fill };
        Skia.DrawRect(area, paint);
    }

    /// <summary>A text cut to fit, with an ellipsis when it had to be.</summary>
    public string Fit(string text, float width)
    {
        if (Width(text) <= width)
        {
            return text;
        }

        var length = text.Length;
        while (length > 1 && Width(text[..length] + "…") > width)
        {
            length--;
        }

        return text[..length] + "…";
    }

    public byte[] ToPng()
    {
        Skia.Flush();
        using var image = SKImage.FromBitmap(_bitmap);
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    public void Dispose()
    {
        _large.Dispose();
        _title.Dispose();
        _font.Dispose();
        Skia.Dispose();
        _bitmap.Dispose();
    }

    private void Write(string text, float x, float y, SKColor color, SKTextAlign align, SKFont font)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        Skia.DrawText(text, x, y, align, font, paint);
    }
}
