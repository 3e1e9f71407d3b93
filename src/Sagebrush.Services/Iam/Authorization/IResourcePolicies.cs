using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Iam.Authorization;

/// <summary>Policies that a service keeps with its resources: a bucket's, a topic's.</summary>
internal interface IResourcePolicies
{
    /// <summary>The service's prefix in actions, such as <c>s3</c>.</summary>
    string Service { get; }

    /// <summary>The document at a resource, or null when it has none.</summary>
    /// <param name="resourceArn">The resource.</param>
    /// <param name="caller">Who asks for it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<string?> FindAsync(string resourceArn, Principal caller, CancellationToken cancellationToken);
}
