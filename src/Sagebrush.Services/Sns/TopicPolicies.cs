using Sagebrush.Services.Iam.Authorization;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Sns;

/// <summary>The policies of topics, for whoever decides over calls.</summary>
internal sealed class TopicPolicies(IResourceStore store) : IResourcePolicies
{
    private readonly ResourceSet<TopicDocument> _topics = store.For(SnsKinds.Topic);

    public string Service => "sns";

    public async ValueTask<string?> FindAsync(string resourceArn, Principal caller, CancellationToken cancellationToken) =>
        TopicArn.TryParse(resourceArn, out var arn)
        && await _topics.FindAsync(arn.Account, arn.Region, arn.Name, cancellationToken) is { } topic
        && topic.Document.Attributes.TryGetValue(TopicAttributes.Policy, out var policy) ? policy : null;
}
