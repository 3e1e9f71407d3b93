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

    /// <summary>Whether something other than a policy gives a caller an action, where no policy denies it.</summary>
    /// <param name="action">The action, such as <c>s3:GetObject</c>.</param>
    /// <param name="resourceArn">The resource.</param>
    /// <param name="caller">Who asks for it.</param>
    bool Grants(string action, string resourceArn, Principal caller) => false;

    /// <summary>What else a caller must be allowed because of what there is at a resource, or is not; null for nothing.</summary>
    /// <param name="question">What the caller asks for.</param>
    AuthorizationQuestion? AlsoAsked(AuthorizationQuestion question) => null;

    /// <summary>The tags of a resource that keeps them with itself, as objects do; null for others.</summary>
    /// <param name="resourceArn">The resource.</param>
    /// <param name="version">The version meant; null for the present one.</param>
    IReadOnlyDictionary<string, string>? ObjectTags(string resourceArn, string? version) => null;
}
