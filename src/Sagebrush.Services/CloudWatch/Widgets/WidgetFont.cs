using SkiaSharp;

namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>The typeface of pictures, from a file of the system: the drawing library brings none.</summary>
internal static class WidgetFont
{
    private static readonly string[] Files =
    [
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
        "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
        "/usr/share/fonts/TTF/DejaVuSans.ttf",
        "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
        "/usr/share/fonts/truetype/freefont/FreeSans.ttf",
    ];

    private static readonly Lazy<SKTypeface?> Found = new(() => Array.Find(Files, File.Exists) is { } file ? SKTypeface.FromFile(file) : null);

    /// <summary>The typeface.</summary>
    /// <exception cref="WidgetException">The machine has none.</exception>
    public static SKTypeface Typeface => Found.Value
        ?? throw new WidgetException("Pictures need a typeface, and this server has none: have its operator install the package fonts-dejavu-core.");
}
