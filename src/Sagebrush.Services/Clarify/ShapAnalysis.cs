using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sagebrush.Learning.Explain;

namespace Sagebrush.Services.Clarify;

/// <summary>SHAP values of a model's scores for every row, by Kernel SHAP.</summary>
internal sealed class ShapAnalysis(
    JsonElement method, AnalysisConfiguration configuration, FeatureSpace space, ModelPredictor predictor, string[] labelNames, string output)
{
    /// <summary>Explains rows.</summary>
    /// <returns>The part of <c>analysis.json</c>, and the sum of the global values of all labels per feature.</returns>
    public async Task<(JsonObject Result, double[] Importances)> RunAsync(string[][] rows, CancellationToken cancellationToken)
    {
        var seed = AnalysisConfiguration.Member(method, "seed")?.GetInt32() ?? 0;
        var samples = AnalysisConfiguration.Member(method, "num_samples")?.GetInt32();
        var logit = AnalysisConfiguration.Member(method, "use_logit")?.GetBoolean() ?? false;
        var aggregate = Aggregation(AnalysisConfiguration.Member(method, "agg_method")?.ToString() ?? "mean_abs");
        var baseline = await BaselineAsync(seed, cancellationToken);
        await File.WriteAllLinesAsync(
            Path.Combine(output, "baseline.csv"), baseline.Select(row => string.Join(',', Analysis.Cells(space, row))), cancellationToken);
        var labels = (await predictor.ScoreAsync(rows[..1], space, cancellationToken))[0].Length;
        var local = new double[labels][][];
        for (var label = 0; label < labels; label++)
        {
            var output = label;
            var shap = new KernelShap(
                (values, count, scores) => Score(values, count, scores, output, logit, cancellationToken), [.. baseline.SelectMany(row => row)], space.Count, samples, seed);
            local[label] = new double[rows.Length][];
            for (var row = 0; row < rows.Length; row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                local[label][row] = shap.Explain(space.Rows[row]);
                if ((row + 1) % 100 == 0)
                {
                    Console.WriteLine($"Explained {row + 1} of {rows.Length} rows.");
                }
            }
        }

        if (AnalysisConfiguration.Member(method, "save_local_shap_values")?.GetBoolean() ?? true)
        {
            await SaveAsync(local, cancellationToken);
        }

        var result = new JsonObject();
        var importances = new double[space.Count];
        for (var label = 0; label < labels; label++)
        {
            var global = new JsonObject();
            for (var feature = 0; feature < space.Count; feature++)
            {
                var value = aggregate([.. local[label].Select(row => row[feature])]);
                importances[feature] += Math.Abs(value);
                global[space.Names[feature]] = value;
            }

            result[label < labelNames.Length && labels > 1 ? labelNames[label] : $"label{label}"] =
                new JsonObject { ["global_shap_values"] = global, ["expected_value"] = local[label][0][space.Count] };
        }

        return (result, importances);
    }

    private static Func<IReadOnlyList<double>, double> Aggregation(string name) => name switch
    {
        "mean_abs" => GlobalShap.MeanAbsolute,
        "median" => GlobalShap.Median,
        "mean_sq" => GlobalShap.MeanSquare,
        _ => throw new ClarifyException($"The agg_method '{name}' is not one of mean_abs, median, mean_sq."),
    };

    // Kernel SHAP asks for numbers at once; the program does nothing else meanwhile.
    private void Score(double[] values, int count, double[] scores, int label, bool logit, CancellationToken cancellationToken)
    {
        var rows = new string[count][];
        for (var row = 0; row < count; row++)
        {
            rows[row] = Analysis.Cells(space, values.AsSpan(row * space.Count, space.Count));
        }

        var answers = predictor.ScoreAsync(rows, space, cancellationToken).GetAwaiter().GetResult();
        for (var row = 0; row < count; row++)
        {
            var score = answers[row][label];
            scores[row] = logit ? Math.Log(Math.Clamp(score, 1e-15, 1 - 1e-15) / (1 - Math.Clamp(score, 1e-15, 1 - 1e-15))) : score;
        }
    }

    private async Task<double[][]> BaselineAsync(int seed, CancellationToken cancellationToken)
    {
        if (AnalysisConfiguration.Member(method, "baseline") is not { } given)
        {
            var clusters = AnalysisConfiguration.Member(method, "num_clusters")?.GetInt32() ?? 1;
            return Prototypes.Find(space.Rows, [.. Enumerable.Range(0, space.Count).Select(space.IsNumeric)], clusters, seed);
        }

        if (given.ValueKind == JsonValueKind.String)
        {
            return await ReadBaselineAsync(given.GetString()!, cancellationToken);
        }

        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() == 0)
        {
            throw new ClarifyException("The baseline of shap is a list of rows, each a list of the features' values, or the S3 URI of a file of such rows.");
        }

        return [.. given.EnumerateArray().Select(row => space.Encode([.. AnalysisConfiguration.List(row).Select(cell => cell.ValueKind == JsonValueKind.Null ? "" : cell.ToString())]))];
    }

    /// <summary>Reads a file of the data set's format that has the features alone.</summary>
    private async Task<double[][]> ReadBaselineAsync(string uri, CancellationToken cancellationToken)
    {
        if (!S3Location.TryParse(uri, out var place) || place.Key.Length == 0)
        {
            throw new ClarifyException($"The baseline of shap, '{uri}', is not an object in S3, such as s3://bucket/key.");
        }

        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, await predictor.FetchAsync(place, cancellationToken), cancellationToken);
            var table = ClarifyTable.Read([path], configuration with { Headers = space.Names, Label = null, PredictedLabel = null });
            return [.. Enumerable.Range(0, table.Rows).Select(row => space.Encode([.. table.Columns.Select(column => column[row])]))];
        }
        catch (ClarifyException e)
        {
            throw new ClarifyException($"The baseline at {uri} cannot be used: {e.Message}");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task SaveAsync(double[][][] local, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(output, "explanations_shap")).FullName;
        var text = new StringBuilder();
        text.AppendJoin(',', Enumerable.Range(0, local.Length).SelectMany(label => space.Names.Select(name => $"{name}_label{label}"))).Append('\n');
        for (var row = 0; row < local[0].Length; row++)
        {
            var values = local.SelectMany(label => label[row].Take(space.Count)).Select(value => value.ToString("R", CultureInfo.InvariantCulture));
            text.AppendJoin(',', values).Append('\n');
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "out.csv"), text.ToString(), cancellationToken);
    }
}
