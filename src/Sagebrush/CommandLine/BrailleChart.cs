using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sagebrush.CommandLine;

/// <summary>Curves over a common axis, drawn with the eight dots of braille letters: two steps to the right and four up in each place.</summary>
/// <param name="series">The curves: what they are called, their colour, their values from first to last.</param>
/// <param name="height">Lines of the picture.</param>
internal sealed class BrailleChart(IReadOnlyList<(string Name, Color Color, IReadOnlyList<double> Values)> series, int height) : Renderable
{
    private const int AxisWidth = 10;
    private const char Empty = '\u2800';

    private static readonly byte[,] Dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <inheritdoc/>
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var width = Math.Max(8, maxWidth - AxisWidth - 1);
        var all = series.SelectMany(curve => curve.Values).ToList();
        if (all.Count == 0)
        {
            yield break;
        }

        var (low, high) = (all.Min(), all.Max());
        var (dots, owners) = Plot(width, low, high > low ? high : low + 1);
        for (var line = 0; line < height; line++)
        {
            var label = line == 0 ? Number(high) : line == height - 1 ? Number(low) : "";
            yield return new Segment(label.PadLeft(AxisWidth - 1) + " \u2502", new Style(Color.Grey));
            for (var place = 0; place < width; place++)
            {
                yield return new Segment(((char)(Empty + dots[line, place])).ToString(), new Style(owners[line, place]));
            }

            yield return Segment.LineBreak;
        }
    }

    private (byte[,] Dots, Color[,] Owners) Plot(int width, double low, double high)
    {
        var dots = new byte[height, width];
        var owners = new Color[height, width];
        foreach (var (_, color, values) in series)
        {
            for (var x = 0; x < width * 2; x++)
            {
                // A few values are stretched over the whole width, many share a step.
                var value = values[Math.Min(values.Count - 1, (int)((long)x * values.Count / (width * 2)))];
                var y = (int)Math.Round((high - value) / (high - low) * ((height * 4) - 1));
                dots[y / 4, x / 2] |= Dots[y % 4, x % 2];
                owners[y / 4, x / 2] = color;
            }
        }

        return (dots, owners);
    }

    private static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
