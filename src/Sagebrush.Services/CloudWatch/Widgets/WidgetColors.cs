using SkiaSharp;

namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>The colours of a widget.</summary>
/// <param name="Background">Behind everything.</param>
/// <param name="Text">Titles and labels.</param>
/// <param name="Faint">Numbers at the axes.</param>
/// <param name="Grid">Lines behind the values.</param>
internal sealed record WidgetColors(SKColor Background, SKColor Text, SKColor Faint, SKColor Grid)
{
    private static readonly WidgetColors Light = new(SKColors.White, SKColor.Parse("16191f"), SKColor.Parse("545b64"), SKColor.Parse("eaeded"));
    private static readonly WidgetColors Dark = new(SKColor.Parse("16191f"), SKColor.Parse("eaeded"), SKColor.Parse("aab7b8"), SKColor.Parse("3b4551"));

    // Okabe and Ito's, told apart by everybody, then more.
    private static readonly SKColor[] Lines =
        [.. ((string[])["0072b2", "d55e00", "009e73", "cc79a7", "e69f00", "56b4e9", "8c564b", "7f7f7f", "9467bd", "bcbd22"]).Select(SKColor.Parse)];

    /// <summary>The usual colour of lines at values and times.</summary>
    public static SKColor Annotation { get; } = SKColor.Parse("d13212");

    /// <summary>The colours of a widget.</summary>
    public static WidgetColors Of(Widget widget) => widget.IsDark ? Dark : Light;

    /// <summary>The colour of a line that says none.</summary>
    public static SKColor Line(int index) => Lines[index % Lines.Length];
}
