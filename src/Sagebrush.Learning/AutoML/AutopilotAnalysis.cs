namespace Sagebrush.Learning.AutoML;

/// <summary>What Autopilot found in the data before it trains anything.</summary>
public sealed record AutopilotAnalysis
{
    /// <summary>The target.</summary>
    public required AutopilotTask Task { get; init; }

    /// <summary>What makes a candidate the best.</summary>
    public required AutopilotObjective Objective { get; init; }

    /// <summary>How candidates are sought: one of the two modes that do.</summary>
    public required AutopilotMode Mode { get; init; }

    /// <summary>Every column but the target.</summary>
    public required IReadOnlyList<ColumnUse> Columns { get; init; }

    /// <summary>Rows of the table.</summary>
    public required int RowCount { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The candidates that will be tried first.</summary>
    public IReadOnlyList<CandidateSpec> First { get; init; } = [];

    /// <summary>Combinations of columns that are among the features.</summary>
    public IReadOnlyList<string> Pairs { get; init; } = [];
}
