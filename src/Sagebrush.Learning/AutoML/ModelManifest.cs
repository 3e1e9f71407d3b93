namespace Sagebrush.Learning.AutoML;

/// <summary>What a deployed model says of itself: <c>autopilot.json</c>.</summary>
internal sealed record ModelManifest
{
    /// <summary>The form of models with candidates that stand on others.</summary>
    public const int StackedFormat = 2;

    /// <summary>The version of this form: 1, or <see cref="StackedFormat"/>.</summary>
    public int Format { get; init; } = 1;

    public required string Target { get; init; }

    public required ProblemType Problem { get; init; }

    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The columns of a request's row, in their order.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Which of the columns were held as texts, so that <c>07</c> stays what it is.</summary>
    public required IReadOnlyList<int> TextColumns { get; init; }

    /// <summary>The probability from which on a row counts as positive.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>The calibration of probabilities.</summary>
    public double Slope { get; init; } = 1;

    /// <summary>See <see cref="Slope"/>.</summary>
    public double Shift { get; init; }

    public required IReadOnlyList<ModelMember> Members { get; init; }
}
