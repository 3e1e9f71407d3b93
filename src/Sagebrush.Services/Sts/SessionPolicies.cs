using Sagebrush.Contracts.Sts;
using Sagebrush.Services.Iam;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Sts;

/// <summary>Reads the policies a session is bound by.</summary>
internal sealed class SessionPolicies(ManagedPolicies managed)
{
    /// <summary>A policy that allows nothing.</summary>
    public const string Nothing = """{"Version":"2012-10-17","Statement":[]}""";

    private const int MaxArns = 10;

    private const int MaxPacked = 4096;

    /// <summary>The documents and ARNs, checked.</summary>
    /// <exception cref="ServiceException"><c>MalformedPolicyDocument</c> or <c>ValidationError</c>.</exception>
    public async ValueTask<(string[] Documents, string[] Arns)> ReadAsync(
        string? policy, List<PolicyDescriptorType>? descriptors, CancellationToken cancellationToken)
    {
        if (policy is not null && PolicyDocument.Problem(policy) is { } problem)
        {
            throw StsErrors.MalformedPolicyDocumentException(problem);
        }

        var arns = (descriptors ?? []).Select(descriptor => descriptor.Arn ?? "").ToArray();
        if (arns.Length > MaxArns)
        {
            throw new ServiceException("ValidationError", $"PolicyArns can hold {MaxArns} policies at most.");
        }

        foreach (var arn in arns)
        {
            if (await managed.FindDocumentAsync(arn, cancellationToken) is null)
            {
                throw StsErrors.MalformedPolicyDocumentException($"PolicyArns holds {arn}, which does not exist.");
            }
        }

        return (policy is null ? [] : [policy], arns);
    }

    /// <summary>How much of the room for policies and tags is used, in percent.</summary>
    /// <exception cref="ServiceException"><c>PackedPolicyTooLarge</c>.</exception>
    public static int? PackedSize(string[] documents, IReadOnlyDictionary<string, string> tags)
    {
        var size = documents.Sum(document => document.Length) + tags.Sum(tag => tag.Key.Length + tag.Value.Length);
        var percent = size * 100 / MaxPacked;
        return percent > 100
            ? throw StsErrors.PackedPolicyTooLargeException($"Packed policy consumes {percent}% of allotted space, please use smaller policy.")
            : size == 0 ? null : percent;
    }
}
