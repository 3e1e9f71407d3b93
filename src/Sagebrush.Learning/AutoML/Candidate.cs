namespace Sagebrush.Learning.AutoML;

/// <summary>A candidate that was tried.</summary>
public sealed record Candidate
{
    /// <summary>Its number, from 1, in the order they were tried.</summary>
    public required int Number { get; init; }

    /// <summary>What it is; null for the ensemble of others.</summary>
    public CandidateSpec? Spec { get; init; }

    /// <summary>For an ensemble: the weights of the candidates in it, by their numbers.</summary>
    public IReadOnlyDictionary<int, double> Weights { get; init; } = new Dictionary<int, double>();

    /// <summary>The loss candidates are compared by within the search, the smaller the better; infinite when it failed.</summary>
    public double Loss { get; init; } = double.PositiveInfinity;

    /// <summary>Its metrics on rows it was not trained on.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>The calibration of its probabilities: what log odds are multiplied by.</summary>
    public double Slope { get; init; } = 1;

    /// <summary>The calibration of its probabilities: what is added to the log odds.</summary>
    public double Shift { get; init; }

    /// <summary>The probability from which on it calls a row positive.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>When it was begun, in seconds since the search began.</summary>
    public double StartSecond { get; init; }

    /// <summary>How long it took in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Whether it was given up early, since it could not come near the best: <see cref="Failure"/> says so, and <see cref="Loss"/> is that of the rows it had predicted.</summary>
    public bool IsGivenUp { get; init; }

    /// <summary>Why it failed or was given up; null when it was not.</summary>
    public string? Failure { get; init; }
}
