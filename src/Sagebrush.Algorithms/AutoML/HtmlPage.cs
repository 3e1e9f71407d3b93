using System.Net;
using System.Text;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>A page of a report that stands alone: text, tables and pictures in one file.</summary>
internal sealed class HtmlPage(string title)
{
    private readonly StringBuilder _body = new();

    public void Heading(string text) => _body.Append("<h2>").Append(WebUtility.HtmlEncode(text)).Append("</h2>\n");

    public void Paragraph(string text) => _body.Append("<p>").Append(WebUtility.HtmlEncode(text)).Append("</p>\n");

    /// <summary>Puts a picture in, which is SVG.</summary>
    public void Picture(string svg) => _body.Append("<div>").Append(svg).Append("</div>\n");

    /// <summary>Puts a table in, its first row the heads.</summary>
    public void Table(IEnumerable<IReadOnlyList<string>> rows)
    {
        _body.Append("<table>\n");
        foreach (var (i, row) in rows.Index())
        {
            var cell = i == 0 ? "th" : "td";
            _body.Append("<tr>").AppendJoin("", row.Select(text => $"<{cell}>{WebUtility.HtmlEncode(text)}</{cell}>")).Append("</tr>\n");
        }

        _body.Append("</table>\n");
    }

    public override string ToString() => $$"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>{{WebUtility.HtmlEncode(title)}}</title>
        <style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#16191f}table{border-collapse:collapse;margin:1rem 0}
        td,th{border:1px solid #d5dbdb;padding:.25rem .7rem;text-align:left}th{background:#f2f3f3}svg{max-width:100%;height:auto}</style></head>
        <body><h1>{{WebUtility.HtmlEncode(title)}}</h1>
        {{_body}}</body></html>

        """;
}
