using System.Globalization;
using Newtonsoft.Json.Linq;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>Finds records, scores and labels in what a model answers.</summary>
internal sealed class ModelAnswer
{
    private readonly ClarifyInferenceConfig _config;
    private readonly JmesExpression? _probability;
    private readonly JmesExpression? _label;

    /// <exception cref="FormatException">An attribute is no JMESPath expression.</exception>
    public ModelAnswer(ClarifyInferenceConfig config)
    {
        _config = config;
        _probability = JmesExpression.OfOptional(config.ProbabilityAttribute);
        _label = JmesExpression.OfOptional(config.LabelAttribute);
    }

    /// <summary>What a model answered to each record: a list of cells of CSV, else JSON.</summary>
    /// <exception cref="FormatException">It is not what it should be.</exception>
    public static IReadOnlyList<JToken> Records(string answer, string contentType, int count)
    {
        var mediaType = RecordFormat.MediaType(contentType);
        IReadOnlyList<JToken> records = mediaType switch
        {
            RecordFormat.Csv => [.. RecordFormat.ReadCsv(answer).Select(cells => new JArray(cells.Select(Token)))],
            RecordFormat.JsonLines or "application/json" => [.. RecordFormat.Lines(answer).Select((line, at) => JmesExpression.Json(line, $"Line {at + 1} of the model's answer"))],
            _ => throw new FormatException($"The model's answer has the content type '{contentType}'; text/csv and application/jsonlines can be explained"),
        };

        // XGBoost's first images put all rows' scores into one line.
        if (mediaType == RecordFormat.Csv && count > 1 && records is [JArray line] && line.Count == count)
        {
            records = [.. line.Select(cell => new JArray(cell))];
        }

        return records.Count == count ? records : throw new FormatException($"The model answered {count} records with {records.Count}");
    }

    /// <summary>The scores of one record: one, or one per class.</summary>
    /// <exception cref="FormatException">There are none.</exception>
    public double[] Scores(JToken record)
    {
        var found = Find(record, _config.ProbabilityIndex, _probability, "Probability") ?? record;
        double[] scores = [.. Flat(found).Select(Number)];
        return scores.Length > 0 ? scores : throw new FormatException($"The model's answer has no score for a record: {record.ToString(Newtonsoft.Json.Formatting.None)}");
    }

    /// <summary>The names of the classes, if the model tells them.</summary>
    /// <exception cref="FormatException">They are not where they should be.</exception>
    public string[]? Labels(JToken record) =>
        Find(record, _config.LabelIndex, _label, "Label") is { } found ? [.. Flat(found).Select(label => label.ToString())] : null;

    private static JToken? Find(JToken record, int? index, JmesExpression? attribute, string what) => record is JArray cells
        ? index is not { } at ? null
            : at < cells.Count ? cells[at] : throw new FormatException($"The model's answer has {cells.Count} columns, and {what}Index is {at}")
        : attribute?.Of(record) switch
        {
            null => null,
            { Type: JTokenType.Null } => throw new FormatException($"{what}Attribute '{attribute}' finds nothing in the model's answer"),
            var found => found,
        };

    private static IEnumerable<JToken> Flat(JToken value) => value is JArray list ? list.SelectMany(Flat) : [value];

    private static double Number(JToken value) =>
        value.Type is JTokenType.Integer or JTokenType.Float && (double)value is var number && double.IsFinite(number)
            ? number
            : throw new FormatException(
                $"The model's score {value.ToString(Newtonsoft.Json.Formatting.None)} is no number: ProbabilityIndex or ProbabilityAttribute of InferenceConfig tells where it is");

    // Autopilot's models write lists into cells, as Python prints them.
    private static JToken Token(RecordCell cell)
    {
        if (cell.Kind == RecordCellKind.Number || (cell.IsQuoted && double.TryParse(cell.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            return new JValue(double.Parse(cell.Text, CultureInfo.InvariantCulture));
        }

        if (cell.Text is ['[', .., ']'])
        {
            try
            {
                return JmesExpression.Json(cell.Text, "A list");
            }
            catch (FormatException)
            {
                // A cell that only looks like a list is words.
            }
        }

        return new JValue(cell.Text);
    }
}
