using System.Globalization;
using System.Net;
using System.Text;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>Pictures for reports, as SVG.</summary>
internal static class SvgPicture
{
    private const int Size = 360;
    private const int Margin = 48;

    /// <summary>Horizontal bars, one for each name.</summary>
    public static string Bars(IReadOnlyList<(string Name, double Value)> bars)
    {
        const int Height = 22;
        var most = Math.Max(1e-300, bars.Count == 0 ? 1 : bars.Max(bar => bar.Value));
        var svg = Begin(720, (bars.Count * Height) + 10);
        foreach (var (i, bar) in bars.Index())
        {
            var y = (i * Height) + 5;
            svg.Append(CultureInfo.InvariantCulture, $"<text x='250' y='{y + 14}' text-anchor='end'>{Text(bar.Name, 36)}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x='258' y='{y + 2}' width='{bar.Value / most * 360:F1}' height='16' fill='#0972d3'/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x='{264 + (bar.Value / most * 360):F1}' y='{y + 14}'>{bar.Value:G3}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>A curve in the square from 0 to 1, or in the range of its points.</summary>
    public static string Curve(string horizontal, string vertical, IReadOnlyList<(double X, double Y)> points, bool isUnit, bool hasDiagonal, bool isDots = false)
    {
        var (left, right) = isUnit || points.Count == 0 ? (0, 1) : (points.Min(point => point.X), points.Max(point => point.X));
        var (bottom, top) = isUnit || points.Count == 0 ? (0, 1) : (points.Min(point => point.Y), points.Max(point => point.Y));
        double X(double x) => Margin + ((x - left) / Math.Max(1e-300, right - left) * Size);
        double Y(double y) => 10 + Size - ((y - bottom) / Math.Max(1e-300, top - bottom) * Size);
        var svg = Begin(Size + Margin + 20, Size + Margin + 10);
        svg.Append(CultureInfo.InvariantCulture, $"<rect x='{Margin}' y='10' width='{Size}' height='{Size}' fill='none' stroke='#aab7b8'/>");
        if (hasDiagonal)
        {
            var (from, to) = (Math.Max(left, bottom), Math.Min(right, top));
            svg.Append(CultureInfo.InvariantCulture, $"<line x1='{X(from):F1}' y1='{Y(from):F1}' x2='{X(to):F1}' y2='{Y(to):F1}' stroke='#aab7b8' stroke-dasharray='4'/>");
        }

        if (isDots)
        {
            foreach (var (x, y) in points)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx='{X(x):F1}' cy='{Y(y):F1}' r='2' fill='#0972d3' fill-opacity='.4'/>");
            }
        }
        else
        {
            svg.Append("<polyline fill='none' stroke='#0972d3' stroke-width='2' points='")
                .AppendJoin(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):F1},{Y(point.Y):F1}"))).Append("'/>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x='{Margin}' y='{Size + 26}'>{left:G4}</text><text x='{Margin + Size}' y='{Size + 26}' text-anchor='end'>{right:G4}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x='{Margin - 4}' y='{Size + 10}' text-anchor='end'>{bottom:G4}</text><text x='{Margin - 4}' y='20' text-anchor='end'>{top:G4}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x='{Margin + (Size / 2)}' y='{Size + 44}' text-anchor='middle'>{Text(horizontal, 60)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x='14' y='{10 + (Size / 2)}' text-anchor='middle' transform='rotate(-90 14 {10 + (Size / 2)})'>{Text(vertical, 60)}</text>");
        return svg.Append("</svg>").ToString();
    }

    /// <summary>A matrix of counts or weights, darker where there are more of a row's.</summary>
    public static string Matrix(IReadOnlyList<string> names, Func<int, int, double> count)
    {
        var cell = names.Count > 12 ? 28 : 64;
        var svg = Begin((names.Count * cell) + 180, (names.Count * cell) + 70);
        for (var actual = 0; actual < names.Count; actual++)
        {
            var total = Enumerable.Range(0, names.Count).Sum(predicted => count(actual, predicted));
            svg.Append(CultureInfo.InvariantCulture, $"<text x='152' y='{44 + (actual * cell) + (cell / 2)}' text-anchor='end'>{Text(names[actual], 18)}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x='{160 + (actual * cell) + (cell / 2)}' y='30' text-anchor='middle'>{Text(names[actual], cell > 40 ? 9 : 3)}</text>");
            for (var predicted = 0; predicted < names.Count; predicted++)
            {
                var share = total > 0 ? count(actual, predicted) / total : 0;
                svg.Append(CultureInfo.InvariantCulture, $"<rect x='{160 + (predicted * cell)}' y='{40 + (actual * cell)}' width='{cell}' height='{cell}' fill='#0972d3' fill-opacity='{share:F3}' stroke='#d5dbdb'/>");
                if (cell > 40)
                {
                    svg.Append(CultureInfo.InvariantCulture, $"<text x='{160 + (predicted * cell) + (cell / 2)}' y='{44 + (actual * cell) + (cell / 2)}' text-anchor='middle' fill='{(share > 0.5 ? "#fff" : "#16191f")}'>{count(actual, predicted):0.##}</text>");
                }
            }
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x='{160 + (names.Count * cell / 2)}' y='14' text-anchor='middle'>predicted</text>");
        var middle = 40 + (names.Count * cell / 2);
        svg.Append(CultureInfo.InvariantCulture, $"<text x='14' y='{middle}' text-anchor='middle' transform='rotate(-90 14 {middle})'>observed</text>");
        return svg.Append("</svg>").ToString();
    }

    private static StringBuilder Begin(int width, int height) => new StringBuilder().Append(
        CultureInfo.InvariantCulture, $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}' font-family='system-ui,sans-serif' font-size='12' fill='#16191f'>");

    private static string Text(string text, int most) => WebUtility.HtmlEncode(text.Length > most ? text[..(most - 1)] + "…" : text);
}
