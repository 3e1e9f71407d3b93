namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>How large a variant is.</summary>
/// <param name="Desired">The instances it shall have; in a settled endpoint, those it has.</param>
/// <param name="Concurrency">Its provisioned concurrency, when it is serverless and has any.</param>
/// <param name="IsSettled">Whether the endpoint is in service and not being changed.</param>
/// <param name="IsAsynchronous">Whether its requests wait in a queue while it has no instances.</param>
/// <param name="FailureReason">Why the endpoint's last change failed, if it did.</param>
internal readonly record struct VariantCapacity(int Desired, int? Concurrency, bool IsSettled, bool IsAsynchronous, string? FailureReason);
