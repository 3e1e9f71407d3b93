using Sagebrush.Contracts.S3;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Implements <c>ListObjectVersions</c>.</summary>
internal sealed class ListVersionsOperation(IObjectStore store, BucketAccess access) : IOperation<ListObjectVersionsRequest, ListObjectVersionsOutput>
{
    public ValueTask<ListObjectVersionsOutput> InvokeAsync(ListObjectVersionsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        if (!string.IsNullOrEmpty(request.VersionIdMarker) && string.IsNullOrEmpty(request.KeyMarker))
        {
            throw new ServiceException(
                S3Codes.InvalidArgument,
                "A version-id marker cannot be specified without a key marker.",
                400,
                new Dictionary<string, string> { ["ArgumentName"] = "version-id-marker", ["ArgumentValue"] = request.VersionIdMarker });
        }

        var names = new NameEncoding(request.EncodingType);
        var limit = PageSize.Of(request.MaxKeys, "max-keys");
        var page = store.ListVersions(
            ListObjectsOperations.Query(request.Bucket, request.Prefix, request.Delimiter, request.KeyMarker, limit),
            string.IsNullOrEmpty(request.VersionIdMarker) ? null : VersionIds.Read(request.VersionIdMarker));
        var owner = BucketAccess.OwnerOf(context);
        return new(new ListObjectVersionsOutput
        {
            Name = request.Bucket,
            Prefix = names.Encode(request.Prefix ?? ""),
            Delimiter = names.Encode(request.Delimiter),
            KeyMarker = names.Encode(request.KeyMarker ?? ""),
            VersionIdMarker = request.VersionIdMarker ?? "",
            NextKeyMarker = names.Encode(page.NextKey),
            NextVersionIdMarker = page.NextVersionId,
            MaxKeys = limit,
            EncodingType = request.EncodingType,
            IsTruncated = page.NextKey is not null,
            Versions = [.. page.Versions.Where(version => !version.IsDeleteMarker).Select(version => Describe(version, names, owner))],
            DeleteMarkers = [.. page.Versions.Where(version => version.IsDeleteMarker).Select(version => new DeleteMarkerEntry
            {
                Key = names.Encode(version.Object.Key),
                VersionId = version.VersionId,
                IsLatest = version.IsLatest,
                LastModified = version.Object.LastModified,
                Owner = owner,
            })],
            CommonPrefixes = ListObjectsOperations.Prefixes(page.CommonPrefixes, names),
        });
    }

    private static ObjectVersion Describe(ListedVersion version, NameEncoding names, Owner owner)
    {
        var listed = version.Object;
        return new()
        {
            Key = names.Encode(listed.Key),
            VersionId = version.VersionId,
            IsLatest = version.IsLatest,
            Size = listed.Size,
            ETag = ResponseHeaders.Quote(listed.ETag),
            LastModified = listed.LastModified,
            StorageClass = listed.StorageClass,
            ChecksumAlgorithm = listed.ChecksumAlgorithm is { } algorithm ? [AnnouncedChecksum.WireName(algorithm)] : null,
            ChecksumType = listed.ChecksumType is { } type ? ChecksumValues.TypeName(type) : null,
            Owner = owner,
        };
    }
}
