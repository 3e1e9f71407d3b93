using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Sagebrush.Services.Clarify;

/// <summary>Writes <c>report.html</c>, a page that stands alone, and <c>report.ipynb</c> with the same tables and pictures.</summary>
internal static class ClarifyReport
{
    private const string Style = "body{font-family:sans-serif;max-width:60em;margin:2em auto;color:#222}table{border-collapse:collapse;margin:1em 0}"
        + "td,th{border:1px solid #ccc;padding:.3em .7em;text-align:left}h2{margin-top:2em;border-bottom:2px solid #2a6fb0}svg text{font-size:12px}";

    /// <summary>Writes both.</summary>
    public static async Task WriteAsync(string folder, AnalysisConfiguration configuration, JsonObject result, CancellationToken cancellationToken)
    {
        List<string> sections = [$"<h1>{Text(Title(configuration))}</h1><p>What the data and the model do for whom, and why. The numbers are those of analysis.json.</p>"];
        foreach (var (stage, title) in ((string, string)[])[("pre_training_bias_metrics", "Bias of the labels"), ("post_training_bias_metrics", "Bias of the predictions")])
        {
            if (result[stage] is JsonObject bias)
            {
                sections.Add(Bias(title, bias));
            }
        }

        if (result["explanations"]?["kernel_shap"] is JsonObject shap)
        {
            sections.AddRange(shap.Select(label => Importances(label.Key, label.Value!.AsObject())));
        }

        if (result["explanations"]?["pdp"] is JsonArray pdp)
        {
            sections.AddRange(pdp.Select(feature => Dependence(feature!.AsObject())));
        }

        var page = $"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Text(Title(configuration))}</title><style>{Style}</style></head><body>{string.Concat(sections)}</body></html>";
        await File.WriteAllTextAsync(Path.Combine(folder, "report.html"), page, cancellationToken);
        var notebook = new JsonObject
        {
            ["cells"] = new JsonArray([.. sections.Select(section => new JsonObject { ["cell_type"] = "markdown", ["metadata"] = new JsonObject(), ["source"] = section })]),
            ["metadata"] = new JsonObject(),
            ["nbformat"] = 4,
            ["nbformat_minor"] = 4,
        };
        await File.WriteAllTextAsync(Path.Combine(folder, "report.ipynb"), notebook.ToJsonString(), cancellationToken);
    }

    private static string Title(AnalysisConfiguration configuration) => configuration.Methods.TryGetValue("report", out var report)
        ? AnalysisConfiguration.Member(report, "title")?.ToString() ?? "SageMaker Analysis Report" : "SageMaker Analysis Report";

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string? Short(JsonNode? value) => value is JsonValue number && number.TryGetValue(out double quantity) ? Short(quantity) : value?.ToString();

    // Four digits are what people read, or all before the point; analysis.json has the others.
    private static string Short(double value) => value.ToString(Math.Abs(value) is >= 1000 and < 1e15 ? "0.#" : "G4", CultureInfo.InvariantCulture);

    private static string Bias(string title, JsonObject bias)
    {
        var html = new StringBuilder($"<h2>{title}</h2><p>Label <b>{Text(bias["label"]!.ToString())}</b>, favorable: {Text(bias["label_value_or_threshold"]!.ToString())}</p>");
        foreach (var (facet, groups) in bias["facets"]!.AsObject())
        {
            foreach (var group in groups!.AsArray())
            {
                html.Append($"<h3>{Text(facet)}: {Text(group!["value_or_threshold"]!.ToString())}</h3><table><tr><th>Metric</th><th>Value</th><th>Meaning</th></tr>");
                foreach (var metric in group["metrics"]!.AsArray())
                {
                    html.Append($"<tr><td>{Text(metric!["description"]!.ToString())}</td><td>{Text(Short(metric["value"]) ?? metric["error"]?.ToString() ?? "")}</td><td>{Text(BiasMeaning.Of(metric["name"]!.ToString()))}</td></tr>");
                }

                html.Append("</table>");
            }
        }

        return html.ToString();
    }

    private static string Importances(string label, JsonObject explanation)
    {
        var values = explanation["global_shap_values"]!.AsObject().Select(pair => (Name: pair.Key, Value: pair.Value!.GetValue<double>())).OrderByDescending(pair => Math.Abs(pair.Value)).ToList();
        var largest = values.Max(pair => Math.Abs(pair.Value)) is var most && most > 0 ? most : 1;
        var html = new StringBuilder($"<h2>Feature importance, {Text(label)}</h2><p>Global SHAP values; the expected value is {Text(Short(explanation["expected_value"]) ?? "")}.</p><svg width=\"720\" height=\"{(values.Count * 22) + 10}\">");
        for (var i = 0; i < values.Count; i++)
        {
            html.Append(CultureInfo.InvariantCulture, $"<text x=\"200\" y=\"{(i * 22) + 19}\" text-anchor=\"end\">{Text(values[i].Name)}</text>")
                .Append(CultureInfo.InvariantCulture, $"<rect x=\"208\" y=\"{(i * 22) + 6}\" width=\"{400 * Math.Abs(values[i].Value) / largest:0.#}\" height=\"16\" fill=\"#2a6fb0\"/>")
                .Append(CultureInfo.InvariantCulture, $"<text x=\"{214 + (400 * Math.Abs(values[i].Value) / largest):0.#}\" y=\"{(i * 22) + 19}\">{Short(values[i].Value)}</text>");
        }

        return html.Append("</svg>").ToString();
    }

    private static string Dependence(JsonObject feature)
    {
        var curves = feature["model_predictions"]!.AsArray().Select(curve => curve!.AsArray().Select(value => value!.GetValue<double>()).ToArray()).ToList();
        var values = feature["feature_values"]!.AsArray().Select(value => Short(value)!).ToArray();
        var (low, high) = (curves.Min(curve => curve.Min()), curves.Max(curve => curve.Max()));
        var span = high > low ? high - low : 1;
        double X(int i) => 60 + (600.0 * i / Math.Max(1, values.Length - 1));
        double Y(double value) => 200 - (180 * (value - low) / span);
        var html = new StringBuilder($"<h2>Partial dependence on {Text(feature["feature_name"]!.ToString())}</h2><svg width=\"720\" height=\"240\"><path d=\"M60 20V200H660\" fill=\"none\" stroke=\"#888\"/>");
        html.Append(CultureInfo.InvariantCulture, $"<text x=\"55\" y=\"25\" text-anchor=\"end\">{Short(high)}</text><text x=\"55\" y=\"204\" text-anchor=\"end\">{Short(low)}</text>")
            .Append(CultureInfo.InvariantCulture, $"<text x=\"60\" y=\"220\">{Text(values[0])}</text><text x=\"660\" y=\"220\" text-anchor=\"end\">{Text(values[^1])}</text>");
        foreach (var curve in curves)
        {
            var points = string.Join(' ', curve.Select((value, i) => string.Create(CultureInfo.InvariantCulture, $"{X(i):0.#},{Y(value):0.#}")));
            html.Append($"<polyline points=\"{points}\" fill=\"none\" stroke=\"#2a6fb0\" stroke-width=\"2\"/>");
        }

        return html.Append("</svg>").ToString();
    }
}
