using Sagebrush.Contracts.S3;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using Object = Sagebrush.Contracts.S3.Object;

namespace Sagebrush.Services.S3;

/// <summary>Implements <c>ListObjects</c> and <c>ListObjectsV2</c>.</summary>
internal sealed class ListObjectsOperations(IObjectStore store, BucketAccess access)
{
    public ValueTask<ListObjectsOutput> ListV1Async(ListObjectsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var names = new NameEncoding(request.EncodingType);
        var limit = PageSize.Of(request.MaxKeys, "max-keys");
        var page = store.List(Query(request.Bucket, request.Prefix, request.Delimiter, request.Marker, limit));
        return new(new ListObjectsOutput
        {
            Name = request.Bucket,
            Prefix = names.Encode(request.Prefix ?? ""),
            Delimiter = names.Encode(string.IsNullOrEmpty(request.Delimiter) ? null : request.Delimiter),
            Marker = names.Encode(request.Marker ?? ""),
            MaxKeys = limit,
            EncodingType = request.EncodingType,
            IsTruncated = page.Next is not null,

            // Without a delimiter the last key is the marker, and S3 does not say it twice.
            NextMarker = string.IsNullOrEmpty(request.Delimiter) ? null : names.Encode(page.Next),
            Contents = Contents(page, names, BucketAccess.OwnerOf(context)),
            CommonPrefixes = Prefixes(page.CommonPrefixes, names),
        });
    }

    public ValueTask<ListObjectsV2Output> ListV2Async(ListObjectsV2Request request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var names = new NameEncoding(request.EncodingType);
        var limit = PageSize.Of(request.MaxKeys, "max-keys");
        var after = ContinuationToken.Decode(request.ContinuationToken) ?? request.StartAfter;
        var page = store.List(Query(request.Bucket, request.Prefix, request.Delimiter, after, limit));
        return new(new ListObjectsV2Output
        {
            Name = request.Bucket,
            Prefix = names.Encode(request.Prefix ?? ""),
            Delimiter = names.Encode(string.IsNullOrEmpty(request.Delimiter) ? null : request.Delimiter),
            StartAfter = names.Encode(request.StartAfter),
            MaxKeys = limit,
            EncodingType = request.EncodingType,
            KeyCount = page.Objects.Count + page.CommonPrefixes.Count,
            IsTruncated = page.Next is not null,
            ContinuationToken = request.ContinuationToken,
            NextContinuationToken = page.Next is null ? null : ContinuationToken.Encode(page.Next),
            Contents = Contents(page, names, request.FetchOwner == true ? BucketAccess.OwnerOf(context) : null),
            CommonPrefixes = Prefixes(page.CommonPrefixes, names),
        });
    }

    internal static ListObjectsQuery Query(string bucket, string? prefix, string? delimiter, string? after, int limit) => new()
    {
        Bucket = bucket,
        Prefix = prefix ?? "",
        Delimiter = delimiter,
        After = after,
        Limit = limit,
    };

    private static List<Object>? Contents(ObjectPage page, NameEncoding names, Owner? owner) => page.Objects.Count == 0
        ? null
        : [.. page.Objects.Select(entry => new Object
        {
            Key = names.Encode(entry.Key),
            Size = entry.Size,
            ETag = ResponseHeaders.Quote(entry.ETag),
            LastModified = entry.LastModified,
            StorageClass = entry.StorageClass,
            ChecksumAlgorithm = entry.ChecksumAlgorithm is { } algorithm ? [AnnouncedChecksum.WireName(algorithm)] : null,
            ChecksumType = entry.ChecksumType is { } type ? ChecksumValues.TypeName(type) : null,
            Owner = owner,
        })];

    internal static List<CommonPrefix>? Prefixes(IReadOnlyList<string> prefixes, NameEncoding names) => prefixes.Count == 0
        ? null
        : [.. prefixes.Select(prefix => new CommonPrefix { Prefix = names.Encode(prefix) })];
}
