using Sagebrush.State.Resources;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Tagging;

/// <summary>Tells who made a resource, as AWS's own cost allocation tag does.</summary>
internal static class Creator
{
    /// <summary>The tag's key.</summary>
    public const string Key = "aws:createdBy";

    /// <summary>The tag for what a caller makes; none for the account's root, to whom everything belongs anyway.</summary>
    public static IEnumerable<ResourceTag> TagFor(Principal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        var resource = principal.Arn[(principal.Arn.LastIndexOf(':') + 1)..];
        var kind = resource.Split('/')[0] switch
        {
            "user" => "IAMUser",
            "assumed-role" => "AssumedRole",
            "federated-user" => "FederatedUser",
            _ => null,
        };
        return kind is null ? [] : [new ResourceTag(Key, $"{kind}:{principal.UserId}:{resource[(resource.LastIndexOf('/') + 1)..]}")];
    }
}
