using Sagebrush.State.Objects;
using Sagebrush.State.Objects.Checksums;
using Sagebrush.State.Objects.Encryption;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Objects;

public sealed class EncryptionTests
{
    private const int Chunk = 64 * 1024;
    private const int PartSize = (int)FolderObjectStore.SmallestPart;

    private static readonly CustomerKey Key = new(ObjectStoreFixture.Bytes(CustomerKey.Length, seed: 71));
    private static readonly CustomerKey OtherKey = new(ObjectStoreFixture.Bytes(CustomerKey.Length, seed: 72));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData((16 * 1024) + 1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData(4 * Chunk)]
    [InlineData((9 * Chunk) + 77)]
    public async Task Open_WithTheKey_EveryRangeIsWhatWasPut(int length)
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var content = ObjectStoreFixture.Bytes(length);
        var info = await PutAsync(fixture, "secret", content);
        await fixture.ReopenAsync();

        using var reader = fixture.Store.Open(ObjectStoreFixture.Bucket, "secret", customerKey: Key);
        Assert.Equal(content, await ObjectStoreFixture.ReadAsync(reader));
        Assert.Equal((length, Convert.ToBase64String(ContentHasher.Hash(ChecksumAlgorithm.Crc64Nvme, content))), (info.Size, info.Checksum!.Value.Value));
        var random = new Random(length);
        for (var round = 0; round < 20 && length > 0; round++)
        {
            var offset = random.Next(length);
            var count = random.Next(1, Math.Min(length - offset, 3 * Chunk) + 1);
            var copy = new MemoryStream();
            await reader.OpenStream(offset, count).CopyToAsync(copy, TestContext.Current.CancellationToken);
            Assert.Equal(content[offset..(offset + count)], copy.ToArray());
        }
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(300_000)]
    public async Task Put_WithAKey_NothingOfItOnTheDisk(int length)
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var phrase = "the quick brown fox jumps over the lazy dog"u8.ToArray();
        var content = Enumerable.Repeat(phrase, (length / phrase.Length) + 1).SelectMany(bytes => bytes).ToArray();
        var info = await PutAsync(fixture, "secret", content);
        await fixture.Store.DisposeAsync();

        var files = Directory.EnumerateFiles(fixture.DataFolder, "*", SearchOption.AllDirectories).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(phrase)));
        Assert.NotEqual(Convert.ToHexStringLower(ObjectStoreFixture.Md5(content)), info.ETag);
    }

    [Fact]
    public async Task Open_WithoutTheKey_Refused()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        await PutAsync(fixture, "secret", [1, 2, 3]);
        await fixture.PutAsync("open", [1, 2, 3]);

        Assert.Equal(ObjectStoreError.InvalidRequest, Refusal(() => fixture.Store.Open(ObjectStoreFixture.Bucket, "secret")));
        Assert.Equal(ObjectStoreError.AccessDenied, Refusal(() => fixture.Store.Open(ObjectStoreFixture.Bucket, "secret", customerKey: OtherKey)));
        Assert.Equal(ObjectStoreError.InvalidRequest, Refusal(() => fixture.Store.Open(ObjectStoreFixture.Bucket, "open", customerKey: Key)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(32)]
    [InlineData(32 + Chunk)]
    [InlineData(32 + Chunk + 16)]
    public async Task Open_FileTamperedWith_FailsInsteadOfAnsweringOtherBytes(int place)
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        await PutAsync(fixture, "secret", ObjectStoreFixture.Bytes(2 * Chunk));
        var file = Assert.Single(fixture.DataFiles());
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[place] ^= 1;
        File.Delete(file);
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        using var reader = fixture.Store.Open(ObjectStoreFixture.Bucket, "secret", customerKey: Key);
        await Assert.ThrowsAsync<IOException>(() => ObjectStoreFixture.ReadAsync(reader));
    }

    [Fact]
    public async Task Complete_EncryptedParts_ReadAsOneObject()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        byte[][] parts = [ObjectStoreFixture.Bytes(PartSize, 1), ObjectStoreFixture.Bytes(PartSize + 9, 2), ObjectStoreFixture.Bytes(100, 3)];
        var target = new ObjectTarget
        {
            Bucket = ObjectStoreFixture.Bucket,
            Key = "secret",
            Attributes = new() { CustomerKey = Key.Check() },
        };
        var upload = await fixture.Store.CreateUploadAsync(target, ChecksumAlgorithm.Crc64Nvme, ChecksumType.FullObject, TestContext.Current.CancellationToken);
        for (var index = 0; index < parts.Length; index++)
        {
            using var piece = await WriteAsync(fixture, parts[index], Key);
            await fixture.Store.PutPartAsync(upload, index + 1, piece, TestContext.Current.CancellationToken);
        }

        using var plain = await WriteAsync(fixture, [1], key: null);
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Store.PutPartAsync(upload, 4, plain, TestContext.Current.CancellationToken));
        await fixture.CompleteAsync(fixture.Store.GetUpload(ObjectStoreFixture.Bucket, "secret", upload.UploadId));
        await fixture.ReopenAsync();

        byte[] whole = [.. parts[0], .. parts[1], .. parts[2]];
        using var reader = fixture.Store.Open(ObjectStoreFixture.Bucket, "secret", customerKey: Key);
        Assert.Equal(whole, await ObjectStoreFixture.ReadAsync(reader));
        Assert.Equal(ObjectStoreError.AccessDenied, Refusal(() => fixture.Store.Open(ObjectStoreFixture.Bucket, "secret", customerKey: OtherKey)));
    }

    [Fact]
    public async Task CopyAndStage_EncryptedObject_Refused()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        await PutAsync(fixture, "in/secret", ObjectStoreFixture.Bytes(100_000));
        using var folder = new TemporaryFolder();

        var copy = await Assert.ThrowsAsync<ObjectStoreException>(() => fixture.Store.CopyAsync(
            ObjectStoreFixture.Bucket, "in/secret", null, info => new() { Bucket = info.Bucket, Key = "copy" }, TestContext.Current.CancellationToken));
        var staging = await Assert.ThrowsAsync<StagingException>(() => fixture.Store.StageAsync(
            new StageRequest { Bucket = ObjectStoreFixture.Bucket, Prefix = "in/", Folder = folder["job"] }, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ObjectStoreError.InvalidRequest, copy.Error);
        Assert.Equal(StagingError.Encrypted, staging.Error);
        Assert.Contains("s3://a-bucket/in/secret", staging.Message, StringComparison.Ordinal);
    }

    private static ObjectStoreError Refusal(Func<ObjectReader> open) => Assert.Throws<ObjectStoreException>(() => open().Dispose()).Error;

    private static async Task<ObjectInfo> PutAsync(ObjectStoreFixture fixture, string key, byte[] content)
    {
        using var pending = await WriteAsync(fixture, content, Key);
        return await fixture.Store.PutAsync(new ObjectTarget { Bucket = ObjectStoreFixture.Bucket, Key = key }, pending, TestContext.Current.CancellationToken);
    }

    private static Task<PendingContent> WriteAsync(ObjectStoreFixture fixture, byte[] content, CustomerKey? key) =>
        fixture.Store.WriteAsync(new MemoryStream(content), new ContentOptions { Key = key }, TestContext.Current.CancellationToken);
}
