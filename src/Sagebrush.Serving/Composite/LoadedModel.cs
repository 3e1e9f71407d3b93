namespace Sagebrush.Serving.Composite;

/// <summary>A model of a multi-model server.</summary>
/// <param name="Server">What answers for it.</param>
/// <param name="Bytes">The memory it takes, about.</param>
/// <param name="Forget">Removes what it left on the disk, after the server's disposal.</param>
public sealed record LoadedModel(IModelServer Server, long Bytes, Action Forget)
{
    /// <summary>How much of the time to load it went into getting its files.</summary>
    public TimeSpan Downloading { get; init; }
}
