using System.Security.Cryptography;
using System.Text;
using Sagebrush.Contracts.S3;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;

namespace Sagebrush.Services.S3;

/// <summary>Finds the bucket of a request and checks that the caller may use it.</summary>
internal sealed class BucketAccess(IObjectStore store)
{
    /// <summary>The bucket.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="context">The caller.</param>
    /// <param name="expectedOwner">The account that must own it, if the client says.</param>
    /// <exception cref="ServiceException">There is none, or it belongs to another account.</exception>
    public BucketInfo Require(string name, CallContext context, string? expectedOwner)
    {
        var bucket = store.FindBucket(name) ?? throw new ServiceException(
            S3Codes.NoSuchBucket, "The specified bucket does not exist", 404, new Dictionary<string, string> { ["BucketName"] = name });
        return bucket.Account == context.AccountId && (expectedOwner is null || expectedOwner == bucket.Account)
            ? bucket
            : throw S3Errors.AccessDenied("Access Denied");
    }

    /// <summary>The canonical id S3 would give an account: 64 hexadecimal digits, always the same.</summary>
    public static string CanonicalId(string account) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(account)));

    /// <summary>An account as the owner of buckets and objects. Accounts have no names, so that clients are shown the account's number.</summary>
    public static Owner OwnerOf(CallContext context) => new() { ID = CanonicalId(context.AccountId), DisplayName = context.AccountId };
}
