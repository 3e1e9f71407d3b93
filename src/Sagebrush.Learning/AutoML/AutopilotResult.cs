namespace Sagebrush.Learning.AutoML;

/// <summary>What Autopilot made.</summary>
public sealed record AutopilotResult
{
    /// <summary>What was found in the data.</summary>
    public required AutopilotAnalysis Analysis { get; init; }

    /// <summary>All candidates, the ensemble last.</summary>
    public required IReadOnlyList<Candidate> Candidates { get; init; }

    /// <summary>The best of them.</summary>
    public required Candidate Best { get; init; }

    /// <summary>Puts the best model together in a folder.</summary>
    public required Func<string, AutopilotModel> Model { get; init; }

    /// <summary>Rows, of those with a label, that the best was judged by: it was not trained on them.</summary>
    public required int[] JudgedRows { get; init; }

    /// <summary>What the best predicts of them.</summary>
    public required float[] JudgedOutputs { get; init; }

    /// <summary>Their weights; none for equal ones.</summary>
    public float[] JudgedWeights { get; init; } = [];

    /// <summary>The probability from which on a row counts as positive.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>Whether the time was up, rather than everything tried.</summary>
    public bool EndedByTime { get; init; }
}
