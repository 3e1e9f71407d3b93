using System.Text;
using Microsoft.AspNetCore.Http;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Json;
using Sagebrush.Wire.Schema;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;

namespace Sagebrush.Services.S3.Settings;

/// <summary>The settings of buckets, each kept as the JSON of its shape under its name.</summary>
internal sealed class BucketSettings(IObjectStore store, BucketAccess access)
{
    public const string AccessList = "acl";
    public const string CrossOrigin = "cors";
    public const string Encryption = "encryption";
    public const string Lifecycle = "lifecycle";
    public const string Notification = "notification";
    public const string ObjectLock = "objectLock";
    public const string Ownership = "ownershipControls";
    public const string Policy = "policy";
    public const string PublicAccess = "publicAccessBlock";
    public const string RequestPayment = "requestPayment";

    /// <summary>The bucket of a request.</summary>
    /// <exception cref="ServiceException">There is none, or it belongs to another account.</exception>
    public BucketInfo Bucket(string name, CallContext context, string? expectedOwner) => access.Require(name, context, expectedOwner);

    /// <summary>A setting; null when it was never made.</summary>
    public static T? Find<T>(BucketInfo bucket, string setting)
        where T : class, IShape, new() =>
        bucket.Documents.TryGetValue(setting, out var text) ? ShapeJson.Read<T>(Encoding.UTF8.GetBytes(text)) : null;

    /// <summary>Keeps a setting.</summary>
    public Task SetAsync(BucketInfo bucket, string setting, IShape value, CancellationToken cancellationToken) =>
        SetTextAsync(bucket, setting, Text(value), cancellationToken);

    /// <summary>A setting as it is kept.</summary>
    public static string Text(IShape value) => Encoding.UTF8.GetString(ShapeJson.Write(value));

    /// <summary>Keeps a setting that is a text; null forgets it.</summary>
    public Task SetTextAsync(BucketInfo bucket, string setting, string? text, CancellationToken cancellationToken) =>
        store.SetBucketDocumentAsync(bucket.Name, setting, text, cancellationToken);

    /// <summary>Forgets a setting of a request's bucket.</summary>
    public async ValueTask<EmptyShape> ForgetAsync(
        string name, string setting, CallContext context, string? expectedOwner, CancellationToken cancellationToken)
    {
        await SetTextAsync(Bucket(name, context, expectedOwner), setting, null, cancellationToken);
        return new();
    }

    /// <summary>The error of a setting that was never made.</summary>
    public static ServiceException Missing(string code, string message, BucketInfo bucket) =>
        new(code, message, StatusCodes.Status404NotFound, new Dictionary<string, string> { ["BucketName"] = bucket.Name });

    /// <summary>The error of a document that is not what its schema says.</summary>
    public static ServiceException Malformed() =>
        new(S3Codes.MalformedXml, "The XML you provided was not well-formed or did not validate against our published schema");
}
