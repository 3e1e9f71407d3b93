using System.Text;
using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Settings;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Json;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;
using Type = Sagebrush.Contracts.S3.Type;

namespace Sagebrush.Services.S3;

/// <summary>
/// Access control lists: S3 has them off unless a bucket's owner turns them on. They are then kept and answered, and
/// <see cref="AccessListGrants"/> says what they give.
/// </summary>
internal static class AccessLists
{
    private const string AllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
    private const string AuthenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

    /// <summary>The headers of a request that grant permissions.</summary>
    public static (string Permission, string? Header)[] Headers(string? fullControl, string? read, string? readList, string? write, string? writeList) =>
    [
        (Permission.FullControl, fullControl),
        (Permission.Read, read),
        (Permission.ReadAcp, readList),
        (Permission.Write, write),
        (Permission.WriteAcp, writeList),
    ];

    /// <summary>The list a request asks for, as it is kept.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="canned">A list by its name, if the request has one.</param>
    /// <param name="headers">Headers that grant permissions.</param>
    /// <returns>Null for the owner's list, which everything has from the beginning.</returns>
    /// <exception cref="ServiceException">The bucket has no lists, or lists may not be public in it.</exception>
    public static string? Read(BucketInfo bucket, string? canned, params ReadOnlySpan<(string Permission, string? Header)> headers)
    {
        var asks = false;
        foreach (var (_, header) in headers)
        {
            asks |= !string.IsNullOrEmpty(header);
        }

        if (!AccessSettingOperations.HasAccessLists(bucket))
        {
            CannedAcl.Require(asks ? "grants" : canned);
            return null;
        }

        if (asks && !string.IsNullOrEmpty(canned))
        {
            throw new ServiceException(S3Codes.InvalidRequest, "Specifying both Canned ACLs and Header Grants is not allowed");
        }

        var owner = OwnerGrant(bucket);
        List<Grant> grants = asks ? [] : [owner, .. Canned(canned)];
        foreach (var (permission, header) in headers)
        {
            grants.AddRange(Parse(permission, header));
        }

        RequireKnown(bucket, grants);

        return grants is [var only] && only == owner ? null : Keep(bucket, grants);
    }

    /// <summary>A list a client wrote out, as it is kept.</summary>
    /// <exception cref="ServiceException">The bucket has no lists, or the list is none.</exception>
    public static string? Read(BucketInfo bucket, AccessControlPolicy policy)
    {
        if (!AccessSettingOperations.HasAccessLists(bucket))
        {
            throw NotSupported();
        }

        var id = BucketAccess.CanonicalId(bucket.Account);
        if (policy.Owner?.ID is { } named && named != id)
        {
            throw S3Errors.AccessDenied("Access Denied");
        }

        var grants = policy.Grants ?? [];
        RequireKnown(bucket, grants);
        return Keep(bucket, grants);
    }

    /// <summary>The grants of a list that was kept; the owner's where none was.</summary>
    public static List<Grant> Grants(BucketInfo bucket, string? kept)
    {
        if (kept is null)
        {
            return [OwnerGrant(bucket)];
        }

        var grants = ShapeJson.Read<AccessControlPolicy>(Encoding.UTF8.GetBytes(kept)).Grants ?? [];
        foreach (var grantee in grants.Select(grant => grant.Grantee).OfType<Grantee>().Where(grantee => grantee.Type == Type.CanonicalUser))
        {
            // Clients need not say it, but are told.
            grantee.DisplayName = bucket.Account;
        }

        return grants;
    }

    /// <summary>Whether a grant is to everybody.</summary>
    public static bool IsForEverybody(Grant grant) => grant.Grantee?.URI == AllUsers;

    /// <summary>Whether a grant is to everybody who has a key.</summary>
    public static bool IsForKeyOwners(Grant grant) => grant.Grantee?.URI == AuthenticatedUsers;

    /// <summary>The error of a list for a bucket that has none.</summary>
    public static ServiceException NotSupported() => new(S3Codes.AccessControlListNotSupported, "The bucket does not allow ACLs");

    /// <remarks>There is one account, and it has no e-mail address.</remarks>
    private static void RequireKnown(BucketInfo bucket, List<Grant> grants)
    {
        var id = BucketAccess.CanonicalId(bucket.Account);
        foreach (var grant in grants)
        {
            if (grant.Grantee is { Type: Type.AmazonCustomerByEmail })
            {
                throw new ServiceException(
                    S3Codes.UnresolvableGrantByEmailAddress, "The e-mail address you provided does not match any account on record.", 400,
                    new Dictionary<string, string> { ["EmailAddress"] = grant.Grantee.EmailAddress ?? "" });
            }

            var known = grant.Grantee switch
            {
                { Type: Type.CanonicalUser, ID: { } user } => user == id,
                { Type: Type.Group, URI: AllUsers or AuthenticatedUsers } => true,
                _ => false,
            };
            if (!known || grant.Permission is not (Permission.FullControl or Permission.Read or Permission.ReadAcp or Permission.Write or Permission.WriteAcp))
            {
                throw new ServiceException(S3Codes.InvalidArgument, "Invalid id");
            }
        }
    }

    private static string Keep(BucketInfo bucket, List<Grant> grants)
    {
        if (AccessSettingOperations.PublicAccessOf(bucket).BlockPublicAcls == true && grants.Exists(grant => IsForEverybody(grant) || IsForKeyOwners(grant)))
        {
            throw S3Errors.AccessDenied("Access Denied: public access control lists are prevented by the BlockPublicAcls setting of the bucket");
        }

        return Encoding.UTF8.GetString(ShapeJson.Write(new AccessControlPolicy { Grants = grants }));
    }

    private static Grant[] Canned(string? name) => name switch
    {
        null or "" or ObjectCannedACL.Private or ObjectCannedACL.BucketOwnerFullControl or ObjectCannedACL.BucketOwnerRead or ObjectCannedACL.AwsExecRead => [],
        ObjectCannedACL.PublicRead => [To(AllUsers, Permission.Read)],
        ObjectCannedACL.PublicReadWrite => [To(AllUsers, Permission.Read), To(AllUsers, Permission.Write)],
        ObjectCannedACL.AuthenticatedRead => [To(AuthenticatedUsers, Permission.Read)],
        _ => throw new ServiceException(
            S3Codes.InvalidArgument, "", 400, new Dictionary<string, string> { ["ArgumentName"] = "x-amz-acl", ["ArgumentValue"] = name }),
    };

    /// <remarks>A header is a list of <c>id="…"</c>, <c>uri="…"</c> and <c>emailAddress="…"</c>.</remarks>
    private static IEnumerable<Grant> Parse(string permission, string? header)
    {
        foreach (var entry in header?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var (name, value) = entry.Split('=', 2) is [var first, var second] ? (first.Trim().ToLowerInvariant(), second.Trim('"', ' ')) : ("", "");
            yield return (name, value) switch
            {
                ("uri", AllUsers or AuthenticatedUsers) => To(value, permission),
                ("id", { Length: > 0 }) => new() { Grantee = new() { Type = Type.CanonicalUser, ID = value }, Permission = permission },
                ("emailaddress", { Length: > 0 }) => new() { Grantee = new() { Type = Type.AmazonCustomerByEmail, EmailAddress = value }, Permission = permission },
                _ => throw new ServiceException(S3Codes.InvalidArgument, "Argument format not recognized"),
            };
        }
    }

    private static Grant To(string group, string permission) => new() { Grantee = new() { Type = Type.Group, URI = group }, Permission = permission };

    private static Grant OwnerGrant(BucketInfo bucket) => new()
    {
        Grantee = new() { Type = Type.CanonicalUser, ID = BucketAccess.CanonicalId(bucket.Account), DisplayName = bucket.Account },
        Permission = Permission.FullControl,
    };
}
