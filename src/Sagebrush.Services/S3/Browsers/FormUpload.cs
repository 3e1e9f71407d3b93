using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Events;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using Sagebrush.State.Objects.Encryption;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Http;
using Sagebrush.Wire.Signing;
using Sagebrush.Wire.Xml;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;
using ChecksumAlgorithm = Sagebrush.State.Objects.Checksums.ChecksumAlgorithm;
using Attributes = Sagebrush.State.Objects.ObjectAttributes;

namespace Sagebrush.Services.S3.Browsers;

/// <summary>Takes a file from a browser's form, on the word of whoever signed the form's policy.</summary>
internal sealed class FormUpload(IObjectStore store, FormSignature signatures, ICallAuthorizer authorizer, ObjectEvents events, TimeProvider clock)
{
    private const string Event = "ObjectCreated:Post";

    private const string MetadataPrefix = "x-amz-meta-";

    /// <exception cref="ServiceException">The form or its file is not what the policy allows.</exception>
    public async Task ReceiveAsync(FrontCall call, CancellationToken cancellationToken)
    {
        try
        {
            await StoreAsync(call, cancellationToken);
        }
        catch (ObjectStoreException refusal)
        {
            throw StoreRefusals.Translate(refusal, call.Http);
        }
        catch (Exception exception) when (DiskSpace.IsFull(exception))
        {
            throw S3Serving.Full();
        }
    }

    private async Task StoreAsync(FrontCall call, CancellationToken cancellationToken)
    {
        var http = call.Http;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        var name = PercentEncoding.Decode(call.RawPath.AsSpan().Trim('/'));
        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal))
        {
            throw new ServiceException("MethodNotAllowed", "The specified method is not allowed against this resource.", StatusCodes.Status405MethodNotAllowed);
        }

        var form = await FormFields.ReadAsync(http.Request.Body, http.Request.ContentType!, cancellationToken);
        var policy = Authorize(form, name, out var credential);
        var bucket = store.FindBucket(name) ?? throw new ServiceException(S3Codes.NoSuchBucket, "The specified bucket does not exist", StatusCodes.Status404NotFound);
        if (bucket.Account != credential.Principal.AccountId)
        {
            throw S3Errors.AccessDenied("Access Denied");
        }

        var key = CustomerKeys.Read(form[CustomerKeys.AlgorithmHeader], form[CustomerKeys.KeyHeader], form[CustomerKeys.DigestHeader]);
        var target = Target(form, bucket, key) with { Announce = events.Announce(Event, bucket, context: null) };
        await RequireRightAsync(call, credential, target, cancellationToken);
        var announced = AnnouncedChecksum.Read(new HeaderDictionary(form.All.ToDictionary(field => field.Key, field => new StringValues(field.Value))));
        var options = new ContentOptions
        {
            Key = key,
            MaxBytes = Math.Min(policy.MostBytes, ContentOptions.SinglePutLimit),
            Checksums = [announced?.Algorithm ?? ChecksumAlgorithm.Crc64Nvme],
        };
        using var content = await store.WriteAsync(form.File, options, cancellationToken);
        ContentIntake.Verify(content, announced, md5: null, trailers: null);
        if (content.Size < policy.LeastBytes)
        {
            throw new ServiceException("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
        }

        var info = await store.PutAsync(target, content, cancellationToken);
        events.Raise(Event, bucket, info, context: null);
        VersionIds.WriteNew(http.Response, bucket, info);
        ResponseHeaders.WriteEncryption(http.Response, info.Attributes);
        CustomerKeys.Write(http.Response, form[CustomerKeys.DigestHeader]);
        await AnswerAsync(http, form, info, cancellationToken);
    }

    private FormPolicy Authorize(FormFields form, string bucket, out Credential credential)
    {
        var text = form["policy"] ?? throw S3Errors.AccessDenied("Access Denied");
        credential = signatures.Require(form, text);
        var policy = FormPolicy.Parse(text);

        // The bucket is a field like any other, though the address says it.
        policy.Require(new Dictionary<string, string>(form.All, StringComparer.OrdinalIgnoreCase) { ["bucket"] = bucket }, clock.GetUtcNow());
        return policy;
    }

    /// <summary>Whoever signed the form must be allowed to put the object.</summary>
    private async ValueTask RequireRightAsync(FrontCall call, Credential credential, ObjectTarget target, CancellationToken cancellationToken)
    {
        if (credential.Principal.IsRoot)
        {
            return;
        }

        var context = new CallContext
        {
            AccountId = credential.Principal.AccountId,
            Principal = credential.Principal,
            Region = "us-east-1",
            AccessKeyId = credential.AccessKeyId,
            RequestId = call.RequestId,
            Http = call.Http,
        };
        var labels = new Dictionary<string, string> { ["Bucket"] = target.Bucket, ["Key"] = target.Key };
        await authorizer.AuthorizeAsync(context, S3Api.Service, S3Api.PutObject.Name, labels, null, cancellationToken);
    }

    private static ObjectTarget Target(FormFields form, BucketInfo bucket, CustomerKey? customerKey)
    {
        var key = form["key"] ?? throw new ServiceException(
            S3Codes.InvalidArgument,
            "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
            400,
            new Dictionary<string, string> { ["ArgumentName"] = "key", ["ArgumentValue"] = "" });
        return new()
        {
            Bucket = bucket.Name,
            Key = key.Replace("${filename}", form.FileName, StringComparison.Ordinal),
            Attributes = AccessSettingOperations.WithEncryption(bucket, AttributesOf(form, bucket), customerKey),
            Tags = form["tagging"] is { } tags ? ReadTags(tags) : null,
            StorageClass = form["x-amz-storage-class"] ?? StorageClass.Standard,
        };
    }

    private static Attributes AttributesOf(FormFields form, BucketInfo bucket) => new()
    {
        ContentType = form["Content-Type"],
        ContentEncoding = form["Content-Encoding"],
        ContentDisposition = form["Content-Disposition"],
        CacheControl = form["Cache-Control"],
        Expires = form["Expires"],
        WebsiteRedirectLocation = form["x-amz-website-redirect-location"],
        ServerSideEncryption = form["x-amz-server-side-encryption"],
        AccessList = AccessLists.Read(bucket, form["acl"]),
        EncryptionKeyId = form["x-amz-server-side-encryption-aws-kms-key-id"],
        Metadata = form.All
            .Where(field => field.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(field => field.Key[MetadataPrefix.Length..].ToLowerInvariant(), field => field.Value),
    };

    private static Dictionary<string, string> ReadTags(string xml)
    {
        var tagging = new Contracts.S3.Tagging();
        new XmlShapeReader(XmlBody.Parse(System.Text.Encoding.UTF8.GetBytes(xml))).Read(tagging);
        return TagSets.Check(tagging.TagSet, TagSets.MostOnObjects);
    }

    private static async Task AnswerAsync(HttpContext http, FormFields form, ObjectInfo info, CancellationToken cancellationToken)
    {
        var response = http.Response;
        var etag = ResponseHeaders.Quote(info.ETag);
        var location = $"{http.Request.Scheme}://{http.Request.Host}/{info.Bucket}/{Uri.EscapeDataString(info.Key)}";
        response.Headers.ETag = etag;
        response.Headers.Location = location;
        var redirect = form["success_action_redirect"] ?? form["redirect"];
        if (Uri.TryCreate(redirect, UriKind.Absolute, out var page) && (page.Scheme == Uri.UriSchemeHttp || page.Scheme == Uri.UriSchemeHttps))
        {
            response.StatusCode = StatusCodes.Status303SeeOther;
            response.Headers.Location = QueryHelpers.AddQueryString(
                redirect!, new KeyValuePair<string, StringValues>[] { new("bucket", info.Bucket), new("key", info.Key), new("etag", etag) });
            return;
        }

        if (form["success_action_status"] != "201")
        {
            response.StatusCode = form["success_action_status"] == "200" ? StatusCodes.Status200OK : StatusCodes.Status204NoContent;
            return;
        }

        var body = XmlBody.Write(xml =>
        {
            xml.WriteStartElement("PostResponse");
            xml.WriteElementString("Location", location);
            xml.WriteElementString("Bucket", info.Bucket);
            xml.WriteElementString("Key", info.Key);
            xml.WriteElementString("ETag", etag);
            xml.WriteEndElement();
        });
        response.StatusCode = StatusCodes.Status201Created;
        response.ContentType = "application/xml";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, cancellationToken);
    }
}
