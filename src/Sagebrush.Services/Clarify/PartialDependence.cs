using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sagebrush.Services.Clarify;

/// <summary>Partial dependence: the mean score when a feature is set to each of a grid of values in all rows (Friedman 2001).</summary>
internal sealed class PartialDependence(JsonElement method, FeatureSpace space, ModelPredictor predictor)
{
    private const int DefaultResolution = 15;
    private const int DefaultFeatures = 10;

    /// <summary>Computes it.</summary>
    /// <param name="rows">The data set's features.</param>
    /// <param name="importances">Global SHAP values, which choose features where the configuration names none; null without them.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<JsonArray> RunAsync(string[][] rows, double[]? importances, CancellationToken cancellationToken)
    {
        var result = new JsonArray();
        foreach (var feature in Chosen(importances))
        {
            var grid = Grid(feature);
            double[][]? predictions = null;
            for (var at = 0; at < grid.Length; at++)
            {
                var changed = Array.ConvertAll(rows, row =>
                {
                    var copy = (string[])row.Clone();
                    copy[feature] = space.Text(feature, grid[at]);
                    return copy;
                });
                var scores = await predictor.ScoreAsync(changed, space, cancellationToken);
                predictions ??= [.. Enumerable.Range(0, scores[0].Length).Select(_ => new double[grid.Length])];
                for (var label = 0; label < predictions.Length; label++)
                {
                    predictions[label][at] = scores.Average(score => score[label]);
                }
            }

            result.Add(new JsonObject
            {
                ["feature_name"] = space.Names[feature],
                ["data_type"] = space.IsNumeric(feature) ? "numerical" : "categorical",
                ["feature_values"] = new JsonArray([.. grid.Select(value => space.IsNumeric(feature) ? JsonValue.Create(value) : (JsonNode)JsonValue.Create(space.Text(feature, value)))]),
                ["model_predictions"] = new JsonArray([.. predictions!.Select(label => new JsonArray([.. label.Select(value => JsonValue.Create(value))]))]),
            });
            Console.WriteLine($"Computed the partial dependence on {space.Names[feature]}.");
        }

        return result;
    }

    private IEnumerable<int> Chosen(double[]? importances)
    {
        var names = AnalysisConfiguration.List(AnalysisConfiguration.Member(method, "features")).Select(name => name.ToString()).ToList();
        if (names.Count > 0)
        {
            return names.Select(name => Array.IndexOf(space.Names, name) is var at and >= 0
                ? at : throw new ClarifyException($"There is no feature '{name}' for 'pdp'. There are: {string.Join(", ", space.Names)}."));
        }

        if (importances is null)
        {
            throw new ClarifyException("'pdp' needs 'features', or the method 'shap' beside it to choose the most important ones.");
        }

        var count = AnalysisConfiguration.Member(method, "top_k_features")?.GetInt32() ?? DefaultFeatures;
        return Enumerable.Range(0, space.Count).OrderByDescending(feature => importances[feature]).Take(count);
    }

    private double[] Grid(int feature)
    {
        var values = space.Rows.Select(row => row[feature]).Where(value => !double.IsNaN(value)).Distinct().Order().ToArray();
        var count = AnalysisConfiguration.Member(method, "grid_resolution")?.GetInt32() ?? DefaultResolution;
        if (!space.IsNumeric(feature) || values.Length <= count)
        {
            return values;
        }

        // The middles of as many equal parts of the feature's range.
        var (low, width) = (values[0], (values[^1] - values[0]) / count);
        return [.. Enumerable.Range(0, count).Select(i => low + ((i + 0.5) * width))];
    }
}
