namespace Sagebrush.Serving.Streaming;

/// <summary>How long an answer in parts may take.</summary>
/// <param name="First">Until its first part.</param>
/// <param name="Rest">From its first part to its last.</param>
public readonly record struct StreamTimeouts(TimeSpan First, TimeSpan Rest)
{
    /// <summary>Eight minutes, as at SageMaker.</summary>
    public static TimeSpan DefaultRest => TimeSpan.FromMinutes(8);
}
