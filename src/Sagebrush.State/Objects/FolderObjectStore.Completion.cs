using System.Globalization;
using System.Security.Cryptography;
using Sagebrush.State.Objects.Checksums;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

public sealed partial class FolderObjectStore
{
    /// <summary>Every part but the last has at least this many bytes: 5 MiB.</summary>
    public const long SmallestPart = 5 * 1024 * 1024;

    /// <inheritdoc/>
    public async Task<ObjectInfo> CompleteUploadAsync(UploadCompletion completion, CancellationToken cancellationToken = default)
    {
        var key = KeyBytes.Of(completion.Key);
        var (info, garbage) = await _index.WriteAsync(session => Complete(session, completion, key), cancellationToken);
        WakeSweeper(garbage);
        return info;
    }

    private (ObjectInfo Info, bool Garbage) Complete(SqliteSession session, UploadCompletion completion, byte[] key)
    {
        var bucket = ObjectRows.RequireBucket(session, completion.Bucket);
        var latest = ObjectRows.FindLatest(session, bucket, key, completion.Key);
        var present = latest is { IsDeleteMarker: false } ? latest : null;

        // A client whose connection broke before the answer asks again.
        if (present is not null && IsResultOf(session, present, completion.UploadId))
        {
            return (present, false);
        }

        var upload = RequireUpload(session, bucket, key, completion.UploadId);
        completion.Require?.Invoke(upload);
        completion.Condition.Check(present, completion.Key);
        var uploaded = ObjectRows.ReadParts(session, upload.Id).ToDictionary(part => part.Number);
        var parts = ChooseParts(completion, upload, uploaded);
        var info = Describe(session, upload, parts);
        CheckExpectations(completion, info);

        var garbage = false;
        foreach (var number in uploaded.Keys.Except(parts.Select(part => part.Number)))
        {
            garbage |= DiscardPart(session, bucket, upload.Id, number);
        }

        DeleteUpload(session, upload.Id);
        var (stored, replaced) = PutOnTop(session, bucket, key, latest, info, completion.UploadId);
        Announce(session, completion.Announce?.Invoke(stored));
        return (stored, garbage || replaced);
    }

    private static bool IsResultOf(SqliteSession session, ObjectInfo present, string uploadId)
    {
        using var statement = session.Prepare("SELECT 1 FROM object WHERE id = ? AND upload = ?");
        return statement.Bind(present.Id).Bind(uploadId).Step();
    }

    private static List<PartInfo> ChooseParts(UploadCompletion completion, UploadInfo upload, Dictionary<int, PartInfo> uploaded)
    {
        var parts = new List<PartInfo>(completion.Parts.Count);
        foreach (var named in completion.Parts)
        {
            if (parts is [.., var previous] && named.Number <= previous.Number)
            {
                throw new ObjectStoreException(
                    ObjectStoreError.InvalidPartOrder,
                    "The list of parts was not in ascending order. The parts list must be specified in order by part number.");
            }

            if (!uploaded.TryGetValue(named.Number, out var part)
                || (named.ETag is not null && named.ETag != part.ETag)
                || (named.Checksum is not null && named.Checksum != part.Checksum.Value))
            {
                throw new ObjectStoreException(
                    ObjectStoreError.InvalidPart,
                    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.")
                {
                    Subject = named.Number.ToString(CultureInfo.InvariantCulture),
                };
            }

            parts.Add(part);
        }

        if (parts.Count == 0)
        {
            throw new ObjectStoreException(ObjectStoreError.InvalidRequest, "You must specify at least one part");
        }

        if (parts.SkipLast(1).FirstOrDefault(part => part.Size < SmallestPart) is { } small)
        {
            throw new ObjectStoreException(ObjectStoreError.EntityTooSmall, "Your proposed upload is smaller than the minimum allowed size")
            {
                Subject = string.Create(CultureInfo.InvariantCulture, $"part {small.Number} of upload {upload.UploadId} has {small.Size} bytes, at least {SmallestPart} are needed"),
            };
        }

        return parts;
    }

    private ObjectInfo Describe(SqliteSession session, UploadInfo upload, List<PartInfo> parts)
    {
        using var row = session.Prepare("SELECT tags FROM upload WHERE id = ?");
        row.Bind(upload.Id).Step();
        var checksums = parts.ConvertAll(part => Convert.FromBase64String(part.Checksum.Value));
        return new ObjectInfo
        {
            Bucket = upload.Bucket,
            Key = upload.Key,
            VersionId = ObjectVersionId.Null,
            Size = parts.Sum(part => part.Size),
            ETag = MultipartETag(parts),
            LastModified = Now(),
            StorageClass = upload.StorageClass,
            PartCount = parts.Count,
            Checksum = upload.ChecksumType == ChecksumType.Composite
                ? MultipartChecksum.Composite(upload.ChecksumAlgorithm, checksums)
                : MultipartChecksum.FullObject(upload.ChecksumAlgorithm, checksums.Zip(parts, (checksum, part) => (checksum, part.Size))),
            Attributes = upload.Attributes,
            Tags = ObjectJson.ReadTags(row.GetStringOrNull(0)),
            Content = new(upload.Id, ContentLayout.Parts),
        };
    }

    private static void CheckExpectations(UploadCompletion completion, ObjectInfo info)
    {
        if (completion.ExpectedSize is { } size && size != info.Size)
        {
            throw new ObjectStoreException(
                ObjectStoreError.InvalidRequest,
                string.Create(CultureInfo.InvariantCulture, $"The provided 'x-amz-mp-object-size' header value {size} does not match what was computed: {info.Size}"));
        }

        if (completion.ExpectedChecksum is { } expected
            && info.Checksum is { } checksum
            && expected != checksum.Value
            && !checksum.Value.StartsWith(expected + "-", StringComparison.Ordinal))
        {
            throw new ObjectStoreException(
                ObjectStoreError.BadDigest, $"The {checksum.Algorithm} you specified did not match the calculated checksum.");
        }
    }

    /// <summary>The MD5 of the parts' MD5s, a dash, and their number.</summary>
    private static string MultipartETag(List<PartInfo> parts)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        foreach (var part in parts)
        {
            md5.AppendData(Convert.FromHexString(part.ETag));
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(md5.GetHashAndReset())}-{parts.Count}");
    }
}
