using System.Text.Json;

namespace Sagebrush.Services.Clarify;

/// <summary>What <c>analysis_config.json</c> asks for.</summary>
internal sealed record AnalysisConfiguration
{
    /// <summary>The type of a data set in Parquet.</summary>
    public const string Parquet = "application/x-parquet";

    private static readonly string[] Types = ["text/csv", "application/jsonlines", Parquet];

    /// <summary>The format of the data set.</summary>
    public required string DatasetType { get; init; }

    /// <summary>Names of the columns; null when the data tell.</summary>
    public IReadOnlyList<string>? Headers { get; init; }

    /// <summary>Where JSON lines have the features.</summary>
    public string? Features { get; init; }

    /// <summary>The column of the label.</summary>
    public JsonElement? Label { get; init; }

    /// <summary>The column of the predicted label.</summary>
    public JsonElement? PredictedLabel { get; init; }

    /// <summary>Columns that the model does not see.</summary>
    public IReadOnlyList<JsonElement> ExcludedColumns { get; init; } = [];

    /// <summary>Above which a score is a favorable prediction.</summary>
    public double ProbabilityThreshold { get; init; } = 0.5;

    /// <summary>Which labels are favorable.</summary>
    public IReadOnlyList<JsonElement> PositiveLabels { get; init; } = [];

    /// <summary>The sensitive attributes, and which of their values.</summary>
    public IReadOnlyList<(JsonElement Column, IReadOnlyList<JsonElement> Values)> Facets { get; init; } = [];

    /// <summary>The column of subgroups.</summary>
    public JsonElement? GroupVariable { get; init; }

    /// <summary>The model; null when no method needs one.</summary>
    public JsonElement? Predictor { get; init; }

    /// <summary>The methods by name.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Methods { get; init; }

    /// <summary>The file's own text, for the report.</summary>
    public required JsonElement Root { get; init; }

    /// <summary>Reads the file.</summary>
    /// <exception cref="ClarifyException">It is not what it should be.</exception>
    public static AnalysisConfiguration Read(string path)
    {
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            root = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ClarifyException($"{Path.GetFileName(path)} is not JSON: {e.Message}");
        }

        if (root.ValueKind != JsonValueKind.Object || Member(root, "methods") is not { ValueKind: JsonValueKind.Object } methods || !methods.EnumerateObject().Any())
        {
            throw new ClarifyException("The analysis configuration needs an object 'methods' with at least one method.");
        }

        string[] known = ["shap", "pre_training_bias", "post_training_bias", "pdp", "report"];
        if (methods.EnumerateObject().Select(method => method.Name).FirstOrDefault(name => !known.Contains(name)) is { } other)
        {
            throw new ClarifyException($"The method '{other}' is not known. There are: {string.Join(", ", known)}.");
        }

        var type = Member(root, "dataset_type")?.ToString() ?? "text/csv";
        if (!Types.Contains(type))
        {
            throw new ClarifyException($"The dataset_type '{type}' cannot be analyzed here. There are: {string.Join(", ", Types)}.");
        }

        if (type == "application/jsonlines" && Member(root, "features") is null)
        {
            throw new ClarifyException("A dataset of application/jsonlines needs 'features', the expression that finds them.");
        }

        return new()
        {
            DatasetType = type,
            Headers = Member(root, "headers") is { } headers ? [.. headers.EnumerateArray().Select(name => name.ToString())] : null,
            Features = Member(root, "features")?.ToString(),
            Label = Member(root, "label"),
            PredictedLabel = Member(root, "predicted_label"),
            ExcludedColumns = List(Member(root, "excluded_columns")),
            ProbabilityThreshold = Member(root, "probability_threshold") is { ValueKind: JsonValueKind.Number } threshold ? threshold.GetDouble() : 0.5,
            PositiveLabels = List(Member(root, "label_values_or_threshold")),
            Facets = [.. List(Member(root, "facet")).Select(facet => (
                Member(facet, "name_or_index") ?? throw new ClarifyException("A facet needs 'name_or_index'."), List(Member(facet, "value_or_threshold"))))],
            GroupVariable = Member(root, "group_variable"),
            Predictor = Member(root, "predictor"),
            Methods = methods.EnumerateObject().ToDictionary(method => method.Name, method => method.Value, StringComparer.Ordinal),
            Root = root,
        };
    }

    /// <summary>A member that is there and not null.</summary>
    public static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;

    /// <summary>The items of a list; a single value counts as a list of one.</summary>
    public static IReadOnlyList<JsonElement> List(JsonElement? value) => value switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray()],
        { } single => [single],
    };
}
