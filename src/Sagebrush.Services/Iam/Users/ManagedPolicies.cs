using Sagebrush.Contracts.Iam;
using Sagebrush.Services.Documents;
using Sagebrush.Services.Iam.Users;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Iam;

/// <summary>Managed policies: those of the account, and as many of AWS's own as users of SageMaker attach.</summary>
internal sealed class ManagedPolicies(IResourceStore store)
{
    public const string AwsPrefix = "arn:aws:iam::aws:policy/";

    public static readonly ResourceKind<ManagedPolicyDocument> Kind =
        new("ManagedPolicy", new JsonDocumentSerializer<ManagedPolicyDocument>(UserJson.Default.ManagedPolicyDocument));

    /// <summary>The account's own policies.</summary>
    public ResourceSet<ManagedPolicyDocument> Own { get; } = store.For(Kind);

    /// <summary>The document that counts of a policy, or null when there is none of that ARN.</summary>
    public async ValueTask<string?> FindDocumentAsync(string policyArn, CancellationToken cancellationToken) =>
        policyArn.StartsWith(AwsPrefix, StringComparison.Ordinal) ? AwsPolicies.Find(policyArn)
        : await Own.FindByArnAsync(policyArn, cancellationToken) is { } own
        ? own.Document.Versions.Find(version => version.VersionId == own.Document.DefaultVersion)?.Document
        : null;

    /// <summary>Demands that there is a policy to attach.</summary>
    /// <exception cref="ServiceException"><c>NoSuchEntity</c>.</exception>
    public async ValueTask RequireAsync(string policyArn, CancellationToken cancellationToken)
    {
        if (await FindDocumentAsync(policyArn, cancellationToken) is null)
        {
            throw IamErrors.NoSuchEntityException($"Policy {policyArn} does not exist or is not attachable.");
        }
    }

    /// <summary>A policy as lists of attached ones show it.</summary>
    public static AttachedPolicy Attached(string arn) => new() { PolicyArn = arn, PolicyName = arn[(arn.LastIndexOf('/') + 1)..] };

    /// <summary>The policies whose path begins so.</summary>
    public static IEnumerable<string> Under(IEnumerable<string> arns, string? pathPrefix) =>
        arns.Where(arn => arn[arn.IndexOf('/', StringComparison.Ordinal)..(arn.LastIndexOf('/') + 1)].StartsWith(pathPrefix ?? "/", StringComparison.Ordinal));
}
