namespace Sagebrush.Services.Iam.Authorization;

/// <summary>Policies that a service keeps with its resources: a bucket's, a topic's.</summary>
internal interface IResourcePolicies
{
    /// <summary>The service's prefix in actions, such as <c>s3</c>.</summary>
    string Service { get; }

    /// <summary>The document at a resource, or null when it has none.</summary>
    ValueTask<string?> FindAsync(string resourceArn, CancellationToken cancellationToken);
}
