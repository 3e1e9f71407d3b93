using Sagebrush.State.Objects;
using Sagebrush.State.Objects.Checksums;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Objects;

public sealed class MultipartTests
{
    private const int PartSize = (int)FolderObjectStore.SmallestPart;

    [Fact]
    public async Task Complete_ThreeParts_OneObjectWithoutCopying()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        byte[][] parts = [ObjectStoreFixture.Bytes(PartSize, 1), ObjectStoreFixture.Bytes(PartSize + 3, 2), ObjectStoreFixture.Bytes(100, 3)];
        var upload = await fixture.UploadAsync("key", parts);

        var info = await fixture.CompleteAsync(upload);
        await fixture.ReopenAsync();

        byte[] whole = [.. parts[0], .. parts[1], .. parts[2]];
        Assert.Equal(whole, await fixture.GetAsync("key"));
        var md5 = ObjectStoreFixture.Md5([.. parts.Select(part => ObjectStoreFixture.Md5(part))]);
        Assert.Equal(Convert.ToHexStringLower(md5) + "-3", info.ETag);
        Assert.Equal(Convert.ToBase64String(ContentHasher.Hash(ChecksumAlgorithm.Crc64Nvme, whole)), info.Checksum!.Value.Value);
        Assert.Equal((3, whole.Length), (info.PartCount, info.Size));
        Assert.Equal(2, fixture.DataFiles().Count);
        Assert.Empty(fixture.Store.ListUploads(new ListObjectsQuery { Bucket = ObjectStoreFixture.Bucket }).Uploads);
    }

    [Fact]
    public async Task Open_RangeOverParts_ExactBytes()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        byte[][] parts = [ObjectStoreFixture.Bytes(PartSize, 1), ObjectStoreFixture.Bytes(PartSize, 2), ObjectStoreFixture.Bytes(100, 3)];
        await fixture.CompleteAsync(await fixture.UploadAsync("key", parts));
        byte[] whole = [.. parts[0], .. parts[1], .. parts[2]];

        using var reader = fixture.Store.Open(ObjectStoreFixture.Bucket, "key");
        foreach (var (offset, length) in ((int, int)[])[(PartSize - 2, 5), ((2 * PartSize) - 1, 101), (PartSize, PartSize), (0, 1), (whole.Length - 1, 1)])
        {
            var copy = new MemoryStream();
            await reader.OpenStream(offset, length).CopyToAsync(copy, TestContext.Current.CancellationToken);
            Assert.Equal(whole[offset..(offset + length)], copy.ToArray());
        }
    }

    [Fact]
    public async Task Delete_WhileRead_PartsStayUntilTheReaderIsDone()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        byte[][] parts = [ObjectStoreFixture.Bytes(PartSize, 1), ObjectStoreFixture.Bytes(PartSize, 2)];
        await fixture.CompleteAsync(await fixture.UploadAsync("key", parts));

        using (var reader = fixture.Store.Open(ObjectStoreFixture.Bucket, "key"))
        {
            await fixture.Store.DeleteAsync(ObjectStoreFixture.Bucket, ["key"], TestContext.Current.CancellationToken);
            Assert.Equal((byte[])[.. parts[0], .. parts[1]], await ObjectStoreFixture.ReadAsync(reader));
        }

        await Eventually.TrueAsync(() => fixture.DataFiles().Count == 0, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Complete_Again_SameAnswer()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var upload = await fixture.UploadAsync("key", [1, 2, 3]);
        var completion = new UploadCompletion
        {
            Bucket = ObjectStoreFixture.Bucket,
            Key = "key",
            UploadId = upload.UploadId,
            Parts = [new(1, null)],
            Condition = new WriteCondition { IfAbsent = true },
        };
        var first = await fixture.Store.CompleteUploadAsync(completion, TestContext.Current.CancellationToken);
        var second = await fixture.Store.CompleteUploadAsync(completion, TestContext.Current.CancellationToken);
        Assert.Equal(first.ETag, second.ETag);
    }

    [Fact]
    public async Task Complete_PartReplacedAndPartLeftOut_TheirFilesSwept()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var upload = await fixture.UploadAsync("key", ObjectStoreFixture.Bytes(PartSize, 1), ObjectStoreFixture.Bytes(PartSize, 2));
        using (var content = await fixture.Store.WriteAsync(
            new MemoryStream(ObjectStoreFixture.Bytes(PartSize, 3)), new ContentOptions(), TestContext.Current.CancellationToken))
        {
            await fixture.Store.PutPartAsync(upload, 1, content, TestContext.Current.CancellationToken);
        }

        await fixture.Store.CompleteUploadAsync(
            new UploadCompletion { Bucket = ObjectStoreFixture.Bucket, Key = "key", UploadId = upload.UploadId, Parts = [new(1, null)] },
            TestContext.Current.CancellationToken);

        Assert.Equal(ObjectStoreFixture.Bytes(PartSize, 3), await fixture.GetAsync("key"));
        await Eventually.TrueAsync(() => fixture.DataFiles().Count == 1, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Complete_WrongParts_RefusedByName()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var upload = await fixture.UploadAsync("key", ObjectStoreFixture.Bytes(100, 1), ObjectStoreFixture.Bytes(PartSize, 2));
        var etags = fixture.Store.ListParts(upload).Select(part => part.ETag).ToList();

        await RefusedAsync(ObjectStoreError.InvalidPartOrder, [new(2, etags[1]), new(1, etags[0])]);
        await RefusedAsync(ObjectStoreError.InvalidPart, [new(1, etags[1])]);
        await RefusedAsync(ObjectStoreError.InvalidPart, [new(3, etags[1])]);
        await RefusedAsync(ObjectStoreError.InvalidPart, [new(1, etags[0], "AAAAAAAAAAA=")]);
        await RefusedAsync(ObjectStoreError.EntityTooSmall, [new(1, etags[0]), new(2, etags[1])]);
        await RefusedAsync(ObjectStoreError.InvalidRequest, []);

        async Task RefusedAsync(ObjectStoreError error, IReadOnlyList<CompletedPart> parts) => Assert.Equal(
            error,
            (await Assert.ThrowsAsync<ObjectStoreException>(() => fixture.Store.CompleteUploadAsync(
                new UploadCompletion { Bucket = ObjectStoreFixture.Bucket, Key = "key", UploadId = upload.UploadId, Parts = parts }))).Error);
    }

    [Fact]
    public async Task Abort_Upload_GoneWithItsParts()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var upload = await fixture.UploadAsync("key", ObjectStoreFixture.Bytes(PartSize, 1), ObjectStoreFixture.Bytes(5, 2));

        await fixture.Store.AbortUploadAsync(ObjectStoreFixture.Bucket, "key", upload.UploadId, TestContext.Current.CancellationToken);

        var refusal = Assert.Throws<ObjectStoreException>(() => fixture.Store.GetUpload(ObjectStoreFixture.Bucket, "key", upload.UploadId));
        Assert.Equal(ObjectStoreError.NoSuchUpload, refusal.Error);
        await Eventually.TrueAsync(() => fixture.DataFiles().Count == 0, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Copy_MultipartObject_SurvivesTheOriginal()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        byte[][] parts = [ObjectStoreFixture.Bytes(PartSize, 1), ObjectStoreFixture.Bytes(100, 2)];
        var original = await fixture.CompleteAsync(await fixture.UploadAsync("key", parts));

        var copy = await fixture.Store.CopyAsync(
            ObjectStoreFixture.Bucket,
            "key",
            version: null,
            _ => new ObjectTarget { Bucket = ObjectStoreFixture.Bucket, Key = "copy" },
            TestContext.Current.CancellationToken);
        await fixture.Store.DeleteAsync(ObjectStoreFixture.Bucket, ["key"], TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => fixture.DataFiles().Count == 1, TestContext.Current.CancellationToken);

        Assert.Equal((original.ETag, original.Checksum), (copy.ETag, copy.Checksum));
        Assert.Equal((byte[])[.. parts[0], .. parts[1]], await fixture.GetAsync("copy"));
    }
}
