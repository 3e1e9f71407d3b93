using System.Globalization;
using System.Text.Json;
using Sagebrush.Learning.AutoML;
using Sagebrush.Learning.Tables.Typed;
using static Sagebrush.Algorithms.HyperparameterKinds;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>What an Autopilot training is asked to do, from its hyperparameters.</summary>
internal sealed record AutopilotSettings
{
    /// <summary>The hyperparameters.</summary>
    public static HyperparameterSchema Schema { get; } = new(
    [
        Text("target", "The column to predict.") with { IsRequired = true },
        Categorical("problem_type", "What kind of problem it is; found from the target's values without.", null, [.. Enum.GetNames<ProblemType>()]),
        Categorical("objective", "What makes a candidate the best; the problem's usual without.", null, [.. AutopilotObjective.All.Select(objective => objective.Name)]),
        Categorical("mode", "How candidates are sought.", "AUTO", "AUTO", "ENSEMBLING", "HYPERPARAMETER_TUNING"),
        Text("algorithms", "The learners to use, with commas between them; all without."),
        Text("features", "A feature specification: JSON with FeatureAttributeNames, and FeatureDataTypes if wanted."),
        Text("sample_weight", "The column with the rows' weights."),
        Text("candidate", "One candidate to train, as JSON, instead of a search.", CheckCandidate),
        Integer("max_candidates", "Most candidates; 0 for as many as the time allows.", NotNegative, "0"),
        Integer("max_runtime_in_seconds", "Time for everything.", Positive, "600"),
        Integer("max_candidate_runtime_in_seconds", "Time for one candidate; 0 for no limit of its own.", NotNegative, "0"),
        Continuous("validation_fraction", "The share of rows to judge by where candidates are trained once.", Share, "0.2"),
        Integer("fewest_rows", "Fewer rows than this are refused; Amazon SageMaker's limit is 500.", Positive, "500"),
        Flag("definitions_only", "Whether to end before candidates are trained.", "false"),
        Integer("seed", "Where random numbers start.", NotNegative, "0"),
        Text("name", "What candidates' names begin with.", null, "autopilot"),
        Text("run", "Names the search: one of the same name goes on where it was interrupted.", null, "run"),
    ]);

    public required AutopilotOptions Options { get; init; }

    public required string Name { get; init; }

    public required string Run { get; init; }

    public required int FewestRows { get; init; }

    public required bool IsDefinitionsOnly { get; init; }

    /// <summary>The hyperparameters as they were given, for a notebook to repeat.</summary>
    public required IReadOnlyDictionary<string, string> Given { get; init; }

    /// <summary>Reads them.</summary>
    /// <exception cref="CustomerErrorException">One is wrong.</exception>
    public static AutopilotSettings Read(TrainingContext context, string stateFolder)
    {
        var values = HyperparameterValues.Check(Schema, context.Hyperparameters);
        string? Text(string name) => values.TextOrNull(name) is { Length: > 0 } text ? text : null;
        return new()
        {
            Name = values.Text("name"),
            Run = values.Text("run"),
            FewestRows = values.Integer("fewest_rows"),
            IsDefinitionsOnly = values.Flag("definitions_only"),
            Given = context.Hyperparameters,
            Options = new()
            {
                Target = values.Text("target"),
                Problem = Text("problem_type") is { } problem ? Enum.Parse<ProblemType>(problem) : null,
                Objective = Text("objective") is { } objective ? AutopilotObjective.Find(objective) : null,
                Mode = values.Text("mode") switch { "ENSEMBLING" => AutopilotMode.Ensembling, "HYPERPARAMETER_TUNING" => AutopilotMode.HyperparameterTuning, _ => AutopilotMode.Auto },
                Algorithms = (Text("algorithms") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal),
                Features = Text("features") is { } features ? ReadFeatures(features) : null,
                WeightColumn = Text("sample_weight"),
                Candidates = Text("candidate") is { } candidate ? [ReadCandidate(candidate)] : null,
                MaxCandidates = values.Integer("max_candidates"),
                TimeBudget = TimeSpan.FromSeconds(values.Integer("max_runtime_in_seconds")),
                CandidateBudget = values.Integer("max_candidate_runtime_in_seconds") is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
                ValidationFraction = values.Number("validation_fraction"),
                Seed = values.Integer("seed"),
                Threads = int.TryParse(Environment.GetEnvironmentVariable("SM_NUM_CPUS"), CultureInfo.InvariantCulture, out var threads) && threads > 0 ? Math.Min(threads, Environment.ProcessorCount) : 0,
                StateFolder = Path.Join(stateFolder, values.Text("run")),
            },
        };
    }

    /// <summary>A candidate as the hyperparameter <c>candidate</c> has it.</summary>
    public static string WriteCandidate(CandidateSpec spec) => JsonSerializer.Serialize(spec);

    private static CandidateSpec ReadCandidate(string text) => JsonSerializer.Deserialize<CandidateSpec>(text)!;

    private static string? CheckCandidate(string text)
    {
        try
        {
            return ReadCandidate(text).Inputs.Count == 0 ? null : "stands on other candidates, of which there are none: Inputs must be empty";
        }
        catch (JsonException e)
        {
            return $"is no candidate: {e.Message}";
        }
    }

    private static Dictionary<string, ColumnType?> ReadFeatures(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var types = document.RootElement.TryGetProperty("FeatureDataTypes", out var given)
                ? given.EnumerateObject().ToDictionary(entry => entry.Name, entry => TypeOf(entry.Value.GetString()), StringComparer.Ordinal)
                : [];
            var names = document.RootElement.TryGetProperty("FeatureAttributeNames", out var listed)
                ? listed.EnumerateArray().Select(name => name.GetString()!).ToList()
                : [.. types.Keys];
            return names.ToDictionary(name => name, name => types.GetValueOrDefault(name), StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new CustomerErrorException($"The feature specification is not {{ \"FeatureAttributeNames\": [\"column\", …] }}: {e.Message}", e);
        }
    }

    private static ColumnType? TypeOf(string? name) => name switch
    {
        "numeric" => ColumnType.Numeric,
        "categorical" => ColumnType.Categorical,
        "text" => ColumnType.Text,
        "datetime" => ColumnType.DateTime,
        _ => null,
    };
}
