namespace Sagebrush.Services.Ecr.Storage;

/// <summary>What holds for all repositories of an account in a region.</summary>
internal sealed record RegistryDocument
{
    public string? Policy { get; init; }

    /// <summary>The replication configuration, in ECR's own JSON.</summary>
    public string? Replication { get; init; }

    /// <summary>The scanning configuration, in ECR's own JSON.</summary>
    public string? Scanning { get; init; }
}
