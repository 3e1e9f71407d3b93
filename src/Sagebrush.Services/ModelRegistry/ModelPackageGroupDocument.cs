using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.ModelRegistry;

/// <summary>A group of versions of a model.</summary>
internal sealed record ModelPackageGroupDocument
{
    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>Who made it.</summary>
    public required UserContext CreatedBy { get; init; }

    /// <summary>The last version's number; numbers are never given twice.</summary>
    public int LastVersion { get; init; }

    /// <summary>Who else may use it.</summary>
    public string? Policy { get; init; }
}
