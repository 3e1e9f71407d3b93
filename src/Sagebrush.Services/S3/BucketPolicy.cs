namespace Sagebrush.Services.S3;

/// <summary>What decides over access to a bucket beside the caller's own rights.</summary>
/// <param name="Account">The account that owns the bucket; 12 digits.</param>
/// <param name="Document">The policy, JSON as it was put; null when there is none.</param>
public sealed record BucketPolicy(string Account, string? Document);
