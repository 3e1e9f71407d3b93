using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>How far an Autopilot training is, as it says in a file beside its products: for the service that watches it.</summary>
public sealed record AutopilotProgress
{
    /// <summary>The file, below the folder of the products.</summary>
    public const string File = "autopilot/progress.json";

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Whose it is: the hyperparameter <c>run</c>.</summary>
    public string Run { get; init; } = "";

    /// <summary>Grows with each change.</summary>
    public long Version { get; init; }

    /// <summary>The step it is at, by SageMaker's names for secondary statuses.</summary>
    public required string Stage { get; init; }

    /// <summary>Whether it is through.</summary>
    public bool IsComplete { get; init; }

    /// <summary>The problem, once it is known, by SageMaker's name.</summary>
    public string? Problem { get; init; }

    /// <summary>The objective, once it is known.</summary>
    public string? Objective { get; init; }

    /// <summary>Whether larger values of the objective are better.</summary>
    public bool IsMaximized { get; init; }

    /// <summary>The mode, once it is known: <c>ENSEMBLING</c> or <c>HYPERPARAMETER_TUNING</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>The candidates so far.</summary>
    public IReadOnlyList<AutopilotCandidate> Candidates { get; init; } = [];

    /// <summary>The best of them, by name, once the search is over.</summary>
    public string? Best { get; init; }

    /// <summary>Whether the time ended the search.</summary>
    public bool EndedByTime { get; init; }

    /// <summary>What went wrong beside the way, such as a report that could not be made: pairs of a secondary status and a message.</summary>
    public IReadOnlyList<AutopilotMishap> Mishaps { get; init; } = [];

    /// <summary>The notebooks, below the folder of the products, once they are there.</summary>
    public string? DataExplorationNotebook { get; init; }

    /// <summary>See <see cref="DataExplorationNotebook"/>.</summary>
    public string? CandidateDefinitionNotebook { get; init; }

    /// <summary>Reads it; null when it is not whole.</summary>
    public static AutopilotProgress? TryRead(ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize<AutopilotProgress>(content, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As JSON.</summary>
    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json);
}
