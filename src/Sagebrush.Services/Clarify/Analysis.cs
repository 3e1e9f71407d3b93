using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sagebrush.Services.Clarify;

/// <summary>Runs the methods of an analysis in their order: bias of labels, bias of predictions, SHAP values, partial dependence.</summary>
internal sealed class Analysis(AnalysisConfiguration configuration, ClarifyTable table, ModelPredictor? predictor, string output)
{
    /// <summary>Runs them.</summary>
    /// <param name="result">Receives what goes into <c>analysis.json</c>.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task RunAsync(JsonObject result, CancellationToken cancellationToken)
    {
        var space = new FeatureSpace(table, FeatureColumns());
        string[][] rows = [.. space.Rows.Select(row => Cells(space, row))];
        if (configuration.Methods.TryGetValue("pre_training_bias", out var before))
        {
            result["pre_training_bias_metrics"] = new BiasAnalysis(configuration, table, space).Measure(Learning.Bias.BiasMetrics.PreTraining, before, null);
            Console.WriteLine("Measured the bias of labels.");
        }

        if (configuration.Methods.TryGetValue("post_training_bias", out var after))
        {
            var predicted = configuration.PredictedLabel is { } column
                ? table.Columns[table.Find(column, "predicted_label")]
                : await predictor!.LabelAsync(rows, space, cancellationToken);
            result["post_training_bias_metrics"] = new BiasAnalysis(configuration, table, space).Measure(Learning.Bias.BiasMetrics.PostTraining, after, predicted);
            Console.WriteLine("Measured the bias of predictions.");
        }

        var explanations = new JsonObject();
        double[]? importances = null;
        if (configuration.Methods.TryGetValue("shap", out var shap))
        {
            (explanations["kernel_shap"], importances) = await new ShapAnalysis(shap, configuration, space, predictor!, LabelNames(), output).RunAsync(rows, cancellationToken);
        }

        if (configuration.Methods.TryGetValue("pdp", out var pdp))
        {
            explanations["pdp"] = await new PartialDependence(pdp, space, predictor!).RunAsync(rows, importances, cancellationToken);
        }

        if (explanations.Count > 0)
        {
            result["explanations"] = explanations;
        }
    }

    /// <summary>The cells of a row as they are sent to the model.</summary>
    internal static string[] Cells(FeatureSpace space, ReadOnlySpan<double> row)
    {
        var cells = new string[space.Count];
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = space.Text(i, row[i]);
        }

        return cells;
    }

    private List<int> FeatureColumns()
    {
        List<int> excluded = [.. configuration.ExcludedColumns.Select(column => table.Find(column, "excluded_columns"))];
        if (configuration.DatasetType != "application/jsonlines")
        {
            excluded.AddRange(new[] { configuration.Label, configuration.PredictedLabel }.OfType<JsonElement>().Select(column => table.Find(column, "label")));
        }
        else
        {
            // Features come first, then the label and the predicted label.
            var labels = new[] { configuration.Label, configuration.PredictedLabel }.Count(column => column is not null);
            excluded.AddRange(Enumerable.Range(table.Headers.Count - labels, labels));
        }

        var columns = Enumerable.Range(0, table.Headers.Count).Except(excluded).ToList();
        return columns.Count > 0 ? columns : throw new ClarifyException("The dataset has no features beside its labels and excluded columns.");
    }

    private string[] LabelNames() => configuration.Predictor is { } settings
        ? [.. AnalysisConfiguration.List(AnalysisConfiguration.Member(settings, "label_headers")).Select(name => name.ToString())] : [];
}
