using System.Text.Json;
using System.Text.Json.Nodes;
using Sagebrush.Learning.Bias;

namespace Sagebrush.Services.Clarify;

/// <summary>Measures bias for every facet of a configuration.</summary>
internal sealed class BiasAnalysis(AnalysisConfiguration configuration, ClarifyTable table, FeatureSpace space)
{
    /// <summary>Above this share of different values, whole numbers are taken for a quantity.</summary>
    private const double MostDistinct = 0.05;

    /// <summary>Measures.</summary>
    /// <param name="metrics">All measures of the stage.</param>
    /// <param name="method">What the configuration says of it.</param>
    /// <param name="predicted">Predicted labels; null before training.</param>
    public JsonObject Measure(IReadOnlyList<BiasMetric> metrics, JsonElement method, string[]? predicted)
    {
        if (configuration.Label is not { } label || configuration.PositiveLabels.Count == 0 || configuration.Facets.Count == 0)
        {
            throw new ClarifyException("Bias analysis needs 'label', 'label_values_or_threshold' and 'facet'.");
        }

        var chosen = Chosen(metrics, method);
        var column = configuration.DatasetType == "application/jsonlines"
            ? table.Headers.Count - (configuration.PredictedLabel is null ? 1 : 2)
            : table.Find(label, "label");
        var labels = table.Columns[column];
        var (positive, shown) = Group(labels, configuration.PositiveLabels, labels);
        var guesses = predicted is null ? null : Group(predicted, configuration.PositiveLabels, labels).Belongs;
        var features = Enumerable.Range(0, space.Count).All(space.IsNumeric) ? space.Rows : null;
        var facets = new JsonObject();
        foreach (var (name, values) in configuration.Facets)
        {
            var cells = table.Columns[table.Find(name, "facet")];
            var list = new JsonArray();
            foreach (var (belongs, text) in values.Count > 0
                ? [Group(cells, values, cells)]
                : cells.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(value => (Array.ConvertAll(cells, cell => cell == value), value)))
            {
                var groups = new BiasGroups
                {
                    IsSensitive = belongs,
                    IsPositive = positive,
                    IsPredictedPositive = guesses,
                    Subgroups = configuration.GroupVariable is { } variable ? table.Columns[table.Find(variable, "group_variable")] : null,
                    Features = features,
                };
                list.Add(new JsonObject { ["value_or_threshold"] = text, ["metrics"] = new JsonArray([.. chosen.Select(metric => Result(metric, groups))]) });
            }

            facets[table.Headers[table.Find(name, "facet")]] = list;
        }

        return new() { ["label"] = table.Headers[column], ["facets"] = facets, ["label_value_or_threshold"] = shown };
    }

    private static List<BiasMetric> Chosen(IReadOnlyList<BiasMetric> metrics, JsonElement method)
    {
        var names = AnalysisConfiguration.List(AnalysisConfiguration.Member(method, "methods")).Select(name => name.ToString()).ToList();
        if (names is [] or ["all"])
        {
            return [.. metrics];
        }

        return names.FirstOrDefault(name => metrics.All(metric => metric.Name != name)) is { } other
            ? throw new ClarifyException($"There is no bias metric '{other}' here. There are: {string.Join(", ", metrics.Select(metric => metric.Name))}.")
            : [.. metrics.Where(metric => names.Contains(metric.Name))];
    }

    private static JsonObject Result(BiasMetric metric, BiasGroups groups)
    {
        var result = new JsonObject { ["name"] = metric.Name, ["description"] = metric.Description };
        try
        {
            var value = metric.Measure(groups);
            result["value"] = double.IsInfinity(value) ? JsonValue.Create(value > 0 ? "Infinity" : "-Infinity") : JsonValue.Create(value);
        }
        catch (BiasMetricException e)
        {
            result["value"] = null;
            result["error"] = e.Message;
        }

        return result;
    }

    // A single number and a column that is a quantity: what lies above it. Else: the values themselves.
    private static (bool[] Belongs, string Text) Group(string[] cells, IReadOnlyList<JsonElement> values, string[] kindOf)
    {
        if (values is [{ ValueKind: JsonValueKind.Number } number] && IsQuantity(kindOf))
        {
            var threshold = number.GetDouble();
            var highest = cells.Max(cell => ClarifyTable.TryNumber(cell, out var value) ? value : double.NegativeInfinity);
            return (Array.ConvertAll(cells, cell => ClarifyTable.TryNumber(cell, out var value) && value > threshold), FormattableString.Invariant($"({threshold}, {highest}]"));
        }

        var words = values.Select(value => value.ToString()).ToHashSet(StringComparer.Ordinal);
        var numbers = values.Where(value => ClarifyTable.IsNumber(value.ToString())).Select(value => double.Parse(value.ToString(), System.Globalization.CultureInfo.InvariantCulture)).ToHashSet();
        var belongs = Array.ConvertAll(cells, cell => words.Contains(cell) || (numbers.Count > 0 && ClarifyTable.TryNumber(cell, out var value) && numbers.Contains(value)));
        return (belongs, string.Join(",", values.Select(value => value.ToString())));
    }

    private static bool IsQuantity(string[] cells)
    {
        var distinct = cells.Distinct(StringComparer.Ordinal).ToList();
        return distinct.TrueForAll(ClarifyTable.IsNumber)
            && (distinct.Exists(cell => ClarifyTable.TryNumber(cell, out var value) && value != Math.Truncate(value)) || distinct.Count >= MostDistinct * cells.Length);
    }
}
