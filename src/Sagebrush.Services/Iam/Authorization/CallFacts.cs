using System.Globalization;

using Sagebrush.Services.Iam.Policies;
using Sagebrush.Services.S3;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Iam.Authorization;

/// <summary>The condition keys of one call, found when a policy asks for them.</summary>
internal sealed class CallFacts(CallContext context, RequestMembers members, DateTimeOffset now) : IRequestFacts
{
    private const string RequestTag = "aws:RequestTag/";

    private const string ResourceTag = "aws:ResourceTag/";

    private const string PrincipalTag = "aws:PrincipalTag/";

    private const string ExistingObjectTag = "s3:ExistingObjectTag/";

    private const string RequestObjectTag = "s3:RequestObjectTag/";

    /// <summary>Tags of the resource, where a policy may ask for them.</summary>
    public IReadOnlyDictionary<string, string> ResourceTags { get; init; } = new Dictionary<string, string>(0);

    /// <summary>Tags of the object that the call is about, where a policy may ask for them.</summary>
    public IReadOnlyDictionary<string, string> ObjectTags { get; init; } = new Dictionary<string, string>(0);

    /// <summary>Tags of the caller's user or role.</summary>
    public IReadOnlyDictionary<string, string> IdentityTags { get; init; } = new Dictionary<string, string>(0);

    /// <summary>The service a role is handed to.</summary>
    public string? PassedToService { get; init; }

    public IReadOnlyList<string>? Values(string key)
    {
        var lower = key.ToLowerInvariant();
        if (Tagged(lower, key) is { } tagged)
        {
            return tagged is "" ? null : [tagged[1..]];
        }

        var principal = context.Principal;
        var request = context.Http.Request;
        return lower switch
        {
            "aws:principalarn" => One(principal.IsAnonymous ? null : principal.IdentityArn),
            "aws:principalaccount" or "aws:resourceaccount" or "s3:resourceaccount" => One(principal.AccountId),
            "aws:principaltype" => One(principal.IsAnonymous ? "Anonymous" : principal.IsRoot ? "Account" : Kind(principal.Arn)),
            "aws:userid" => One(principal.UserId),
            "aws:username" => One(Kind(principal.Arn) == "User" ? principal.Arn[(principal.Arn.LastIndexOf('/') + 1)..] : null),
            "aws:sourceip" => One(context.Http.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null),
            "aws:securetransport" => One(request.IsHttps ? "true" : "false"),
            "aws:currenttime" => One(now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            "aws:epochtime" => One(now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            "aws:tokenissuetime" => One(principal.Session?.Issued.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            "aws:useragent" => One(request.Headers.UserAgent.ToString()),
            "aws:referer" => One(request.Headers.Referer.ToString()),
            "aws:requestedregion" => One(context.Region),
            "aws:sourceidentity" => One(principal.Session?.SourceIdentity),
            "aws:tagkeys" => members.Tags.Count > 0 ? [.. members.Tags.Keys] : members.Values("TagKeys"),
            "iam:passedtoservice" => One(PassedToService),
            "iam:policyarn" => members.Values("PolicyArn"),
            "iam:permissionsboundary" => members.Values("PermissionsBoundary"),
            "sts:externalid" => members.Values("ExternalId"),
            "sts:rolesessionname" => members.Values("RoleSessionName"),
            "sts:sourceidentity" => members.Values("SourceIdentity"),
            "sts:transitivetagkeys" => members.Values("TransitiveTagKeys"),
            "s3:requestobjecttagkeys" => TagSets.OfRequest(request, members.Tags) is { Count: > 0 } tags ? [.. tags.Keys] : null,
            "s3:prefix" => One(Query("prefix") ?? (Query("list-type") is not null || request.Method is "GET" or "HEAD" ? "" : null), allowEmpty: true),
            "s3:delimiter" => One(Query("delimiter")),
            "s3:max-keys" => One(Query("max-keys")),
            "s3:versionid" => One(members.Top.GetValueOrDefault("VersionId") ?? Query("versionId")),
            "s3:authtype" => One(request.Headers.Authorization.Count > 0 ? "REST-HEADER" : principal.IsAnonymous ? null : "REST-QUERY-STRING"),
            "s3:signatureversion" => One(principal.IsAnonymous ? null : "AWS4-HMAC-SHA256"),
            _ when lower.StartsWith("s3:x-amz-", StringComparison.Ordinal) => One(request.Headers[lower["s3:".Length..]].ToString()),
            _ when lower.StartsWith("sagemaker:", StringComparison.Ordinal) => SageMaker(lower["sagemaker:".Length..]),
            _ when lower.StartsWith("sns:", StringComparison.Ordinal) => members.Values(key["sns:".Length..]),
            _ => null,
        };
    }

    private string? Query(string name) => context.Http.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    // Policies speak in the plural of what requests name one by one.
    private IReadOnlyList<string>? SageMaker(string key) => key switch
    {
        "instancetypes" => members.Values("InstanceType"),
        "vpcsubnets" => members.Values("Subnets"),
        "vpcsecuritygroupids" => members.Values("SecurityGroupIds"),
        "networkisolation" => members.Values("EnableNetworkIsolation"),
        "intercontainertrafficencryption" => members.Values("EnableInterContainerTrafficEncryption"),
        "volumekmskey" => members.Values("VolumeKmsKeyId"),
        "outputkmskey" => members.Values("KmsKeyId"),
        "rootaccess" => members.Values("RootAccess"),
        "directinternetaccess" => members.Values("DirectInternetAccess"),
        "modelarn" => members.Values("ModelPackageName"),
        "acceleratortypes" => members.Values("AcceleratorType"),
        _ => members.Values(key),
    };

    /// <summary>The value of a tag behind a mark; the mark alone is no value. Null where the key is about no tag.</summary>
    private string? Tagged(string lower, string key)
    {
        var (tags, name) = lower.StartsWith(RequestTag, StringComparison.OrdinalIgnoreCase) ? (members.Tags, key[RequestTag.Length..])
            : lower.StartsWith(ResourceTag, StringComparison.OrdinalIgnoreCase) ? (ResourceTags, key[ResourceTag.Length..])
            : lower.Contains(":resourcetag/", StringComparison.Ordinal) ? (ResourceTags, key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..])
            : lower.StartsWith(ExistingObjectTag, StringComparison.OrdinalIgnoreCase) ? (ObjectTags, key[ExistingObjectTag.Length..])
            : lower.StartsWith(RequestObjectTag, StringComparison.OrdinalIgnoreCase)
            ? (TagSets.OfRequest(context.Http.Request, members.Tags), key[RequestObjectTag.Length..])
            : lower.StartsWith(PrincipalTag, StringComparison.OrdinalIgnoreCase)
            ? (context.Principal.Session is { Tags.Count: > 0 } session && session.Tags.ContainsKey(key[PrincipalTag.Length..]) ? session.Tags : IdentityTags, key[PrincipalTag.Length..])
            : (null, "");
        return tags is null ? null : tags.TryGetValue(name, out var value) ? "=" + value : "";
    }

    private static IReadOnlyList<string>? One(string? value, bool allowEmpty = false) => value is null || (value.Length == 0 && !allowEmpty) ? null : [value];

    private static string Kind(string arn) =>
        arn.Contains(":assumed-role/", StringComparison.Ordinal) ? "AssumedRole"
        : arn.Contains(":federated-user/", StringComparison.Ordinal) ? "FederatedUser"
        : arn.Contains(":user/", StringComparison.Ordinal) ? "User"
        : "";
}
