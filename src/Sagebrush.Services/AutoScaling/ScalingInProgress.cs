namespace Sagebrush.Services.AutoScaling;

/// <summary>A change of capacity that was decided on: stored before it is asked for, so that it is neither lost nor made twice.</summary>
internal sealed record ScalingInProgress
{
    /// <summary>The activity that tells of it.</summary>
    public required string ActivityId { get; init; }

    public required int Desired { get; init; }

    /// <summary>Why, as activities say it.</summary>
    public required string Cause { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Whether hosting was asked for it.</summary>
    public bool Requested { get; init; }
}
