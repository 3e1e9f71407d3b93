using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>The explainability report: <c>analysis.json</c> in Clarify's form, and a page with a picture.</summary>
internal static class ExplainabilityReport
{
    /// <summary>Writes both into a folder.</summary>
    public static void Write(string folder, string candidate, IReadOnlyList<LabelExplanation> explanations)
    {
        AtomicFile.Write(Path.Join(folder, "analysis.json"), Json(explanations));
        var page = new HtmlPage($"What moves the predictions of {candidate}");
        page.Paragraph("SHAP values tell how far each column moves a prediction away from the mean prediction; here the mean of their magnitudes over a sample of rows.");
        foreach (var explanation in explanations)
        {
            page.Heading(explanation.Label);
            page.Picture(SvgPicture.Bars([.. explanation.Columns.Take(20)]));
            page.Paragraph(string.Create(CultureInfo.InvariantCulture, $"Mean prediction: {explanation.Expected:G5}."));
        }

        AtomicFile.Write(Path.Join(folder, "report.html"), Encoding.UTF8.GetBytes(page.ToString()));
    }

    private static byte[] Json(IReadOnlyList<LabelExplanation> explanations)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, new() { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("version", "1.0");
            writer.WriteStartObject("explanations");
            writer.WriteStartObject("kernel_shap");
            foreach (var (i, explanation) in explanations.Index())
            {
                writer.WriteStartObject(explanations.Count == 1 ? "label0" : string.Create(CultureInfo.InvariantCulture, $"label{i}"));
                writer.WriteStartObject("global_shap_values");
                foreach (var (column, importance) in explanation.Columns)
                {
                    writer.WriteNumber(column, importance);
                }

                writer.WriteEndObject();
                writer.WriteNumber("expected_value", explanation.Expected);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.ToArray();
    }
}
