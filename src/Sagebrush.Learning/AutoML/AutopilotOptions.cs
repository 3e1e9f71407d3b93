using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.AutoML;

/// <summary>What Autopilot is asked to do.</summary>
public sealed record AutopilotOptions
{
    /// <summary>The column to predict.</summary>
    public required string Target { get; init; }

    /// <summary>The problem; null finds it from the target's values.</summary>
    public ProblemType? Problem { get; init; }

    /// <summary>What makes a candidate the best; null for the problem's usual.</summary>
    public AutopilotObjective? Objective { get; init; }

    /// <summary>A column with the rows' weights; null for equal ones.</summary>
    public string? WeightColumn { get; init; }

    /// <summary>How candidates are sought.</summary>
    public AutopilotMode Mode { get; init; }

    /// <summary>The learners to use by SageMaker's names (<c>xgboost</c>, <c>linear-learner</c>, …); empty for all there are.</summary>
    public IReadOnlySet<string> Algorithms { get; init; } = new HashSet<string>();

    /// <summary>Columns to learn from, with their types where they are known; null for all but the target.</summary>
    public IReadOnlyDictionary<string, ColumnType?>? Features { get; init; }

    /// <summary>Most candidates; 0 for as many as the time allows.</summary>
    public int MaxCandidates { get; init; }

    /// <summary>Time for everything.</summary>
    public TimeSpan TimeBudget { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Time for one candidate; null for no limit of its own.</summary>
    public TimeSpan? CandidateBudget { get; init; }

    /// <summary>The share of rows to judge candidates by where they are trained once, not on folds.</summary>
    public double ValidationFraction { get; init; } = 0.2;

    /// <summary>How many rows at the table's end are there to judge candidates by; 0 when none were set apart.</summary>
    public int ValidationRows { get; init; }

    /// <summary>The size of the table's files in bytes, by which <see cref="AutopilotMode.Auto"/> chooses.</summary>
    public long SizeInBytes { get; init; }

    /// <summary>Where random numbers start.</summary>
    public long Seed { get; init; }

    /// <summary>Number of threads; 0 for all processors.</summary>
    public int Threads { get; init; }

    /// <summary>Candidates to try instead of those that Autopilot chooses; null for its own choice.</summary>
    public IReadOnlyList<CandidateSpec>? Candidates { get; init; }

    /// <summary>Where finished candidates are kept, to put models together of and to go on with after an interruption.</summary>
    public required string StateFolder { get; init; }
}
