using Sagebrush.State.Objects;
using Sagebrush.State.Objects.Checksums;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Objects;

public sealed class FolderObjectStoreTests
{
    private const int Large = 700_001;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ContentWriter.InlineLimit)]
    [InlineData(ContentWriter.InlineLimit + 1)]
    [InlineData(256 * 1024)]
    [InlineData(Large)]
    public async Task Put_AnySize_ComesBackWithETagAndChecksum(int size)
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var bytes = ObjectStoreFixture.Bytes(size);

        var info = await fixture.PutAsync("key", bytes);
        await fixture.ReopenAsync();

        Assert.Equal(bytes, await fixture.GetAsync("key"));
        var found = fixture.Store.FindObject(ObjectStoreFixture.Bucket, "key")!;
        Assert.Equal(Convert.ToHexStringLower(ObjectStoreFixture.Md5(bytes)), found.ETag);
        Assert.Equal(Convert.ToBase64String(ContentHasher.Hash(ChecksumAlgorithm.Crc64Nvme, bytes)), found.Checksum!.Value.Value);
        Assert.Equal((size, info.LastModified), (found.Size, found.LastModified));
        Assert.Equal(size > ContentWriter.InlineLimit ? 1 : 0, fixture.DataFiles().Count);
    }

    [Fact]
    public async Task Put_HostileKeys_StoredExactlyAndInsideTheFolder()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        string[] keys =
        [
            "../../escape", "..", ".", "/", "//", "a//b", "a/", "a", "a/b/../../../c", "/etc/passwd", ".hidden", "con", "a\0b", "a\nb",
            " ", "ключ/鍵/🗝️", "%2e%2e", "a\\..\\b", new string('é', 512), new string('x', 1024),
        ];
        foreach (var key in keys)
        {
            await fixture.PutAsync(key, ObjectStoreFixture.Bytes(20_000, key.GetHashCode(StringComparison.Ordinal)));
        }

        var page = fixture.Store.List(new ListObjectsQuery { Bucket = ObjectStoreFixture.Bucket });
        Assert.Equal(keys.OrderBy(KeyBytes.Of, Utf8Order), page.Objects.Select(entry => entry.Key));
        foreach (var key in keys)
        {
            Assert.Equal(ObjectStoreFixture.Bytes(20_000, key.GetHashCode(StringComparison.Ordinal)), await fixture.GetAsync(key));
        }

        Assert.Equal(keys.Length, fixture.DataFiles().Count);
    }

    [Fact]
    public async Task Put_KeyOf1025Bytes_Refused()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var refusal = await Assert.ThrowsAsync<ObjectStoreException>(() => fixture.PutAsync(new string('é', 512) + "x", "content"));
        Assert.Equal(ObjectStoreError.KeyTooLongError, refusal.Error);
        Assert.Empty(fixture.DataFiles());
    }

    [Fact]
    public async Task Write_MoreThanAllowed_RefusedAndRemoved()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var refusal = await Assert.ThrowsAsync<ObjectStoreException>(() => fixture.Store.WriteAsync(
            new MemoryStream(new byte[Large]), new ContentOptions { MaxBytes = Large - 1 }, TestContext.Current.CancellationToken));
        Assert.Equal(ObjectStoreError.EntityTooLarge, refusal.Error);
        Assert.Empty(fixture.DataFiles());
    }

    [Fact]
    public async Task Write_SourceFails_LeavesNothing()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        await Assert.ThrowsAsync<IOException>(() => fixture.Store.WriteAsync(
            new BrokenStream(Large), new ContentOptions(), TestContext.Current.CancellationToken));
        Assert.Empty(fixture.DataFiles());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(Large)]
    public async Task Put_Overwrite_OldReaderUndisturbedAndOldFileSwept(int size)
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        await fixture.PutAsync("key", ObjectStoreFixture.Bytes(size, 1));
        using (var old = fixture.Store.Open(ObjectStoreFixture.Bucket, "key"))
        {
            await fixture.PutAsync("key", ObjectStoreFixture.Bytes(size, 2));
            Assert.Equal(ObjectStoreFixture.Bytes(size, 1), await ObjectStoreFixture.ReadAsync(old));
        }

        Assert.Equal(ObjectStoreFixture.Bytes(size, 2), await fixture.GetAsync("key"));
        await Eventually.TrueAsync(() => fixture.DataFiles().Count <= 1, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Put_Conditions_CheckedAgainstPresentObject()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var first = await fixture.PutAsync("key", [1], new WriteCondition { IfAbsent = true });

        await RefusedAsync(ObjectStoreError.PreconditionFailed, () => fixture.PutAsync("key", [2], new WriteCondition { IfAbsent = true }));
        await RefusedAsync(ObjectStoreError.PreconditionFailed, () => fixture.PutAsync("key", [2], new WriteCondition { IfMatch = "other" }));
        await RefusedAsync(ObjectStoreError.NoSuchKey, () => fixture.PutAsync("absent", [2], new WriteCondition { IfMatch = "*" }));
        await fixture.PutAsync("key", [3], new WriteCondition { IfMatch = first.ETag });

        Assert.Equal([3], await fixture.GetAsync("key"));
    }

    [Fact]
    public async Task Put_ManyAtOnceWithIfAbsent_ExactlyOneWins()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async seed =>
        {
            try
            {
                await fixture.PutAsync("key", ObjectStoreFixture.Bytes(30_000, seed), new WriteCondition { IfAbsent = true });
                return seed;
            }
            catch (ObjectStoreException)
            {
                return -1;
            }
        }));

        var winner = Assert.Single(outcomes, seed => seed >= 0);
        Assert.Equal(ObjectStoreFixture.Bytes(30_000, winner), await fixture.GetAsync("key"));
        await Eventually.TrueAsync(() => fixture.DataFiles().Count == 1, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Delete_Objects_GoneWithTheirFiles()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        await fixture.PutAsync("a", ObjectStoreFixture.Bytes(Large));
        await fixture.PutAsync("b", "small");

        var found = await fixture.Store.DeleteAsync(ObjectStoreFixture.Bucket, ["a", "b", "c"], TestContext.Current.CancellationToken);

        Assert.Equal([true, true, false], found.Select(outcome => outcome.Removed is not null));
        Assert.Null(fixture.Store.FindObject(ObjectStoreFixture.Bucket, "a"));
        await Eventually.TrueAsync(() => fixture.DataFiles().Count == 0, TestContext.Current.CancellationToken);
        await fixture.Store.DeleteBucketAsync(ObjectStoreFixture.Bucket, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task DeleteBucket_FilesNotSweptYet_FoldersGoWithTheLastOfThem()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        await fixture.PutAsync("key", ObjectStoreFixture.Bytes(Large));
        await fixture.Store.DeleteAsync(ObjectStoreFixture.Bucket, ["key"], TestContext.Current.CancellationToken);
        await fixture.Store.DeleteBucketAsync(ObjectStoreFixture.Bucket, TestContext.Current.CancellationToken);
        var folder = Path.Combine(fixture.DataFolder, "objects", ObjectStoreFixture.Bucket);
        await Eventually.TrueAsync(() => !Directory.Exists(folder), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Copy_ToOtherKey_IndependentOfOriginal()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        var original = await fixture.PutAsync("original", ObjectStoreFixture.Bytes(Large));
        await fixture.PutAsync("small", "small");
        await CopyAsync(fixture, "original", "copy");
        await CopyAsync(fixture, "small", "small copy");

        await fixture.Store.DeleteAsync(ObjectStoreFixture.Bucket, ["original", "small"], TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => fixture.DataFiles().Count == 1, TestContext.Current.CancellationToken);
        await fixture.ReopenAsync();

        Assert.Equal(ObjectStoreFixture.Bytes(Large), await fixture.GetAsync("copy"));
        Assert.Equal("small"u8.ToArray(), await fixture.GetAsync("small copy"));
        Assert.Equal(original.ETag, fixture.Store.FindObject(ObjectStoreFixture.Bucket, "copy")!.ETag);
    }

    [Fact]
    public async Task Copy_ToItself_ReplacesAttributesAndKeepsBytes()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        await fixture.PutAsync("key", ObjectStoreFixture.Bytes(Large));
        var attributes = new ObjectAttributes { ContentType = "text/csv", Metadata = new Dictionary<string, string> { ["a"] = "b" } };

        await fixture.Store.CopyAsync(
            ObjectStoreFixture.Bucket,
            "key",
            version: null,
            _ => new ObjectTarget { Bucket = ObjectStoreFixture.Bucket, Key = "key", Attributes = attributes },
            TestContext.Current.CancellationToken);

        var info = fixture.Store.FindObject(ObjectStoreFixture.Bucket, "key")!;
        Assert.Equal("text/csv", info.Attributes.ContentType);
        Assert.Equal("b", info.Attributes.Metadata["a"]);
        Assert.Equal(ObjectStoreFixture.Bytes(Large), await fixture.GetAsync("key"));
    }

    [Fact]
    public async Task CreateBucket_NameTaken_TellsWhose()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        await RefusedAsync(ObjectStoreError.BucketAlreadyOwnedByYou, () => fixture.Store.CreateBucketAsync(ObjectStoreFixture.Bucket, "000000000000", "us-east-1"));
        await RefusedAsync(ObjectStoreError.BucketAlreadyExists, () => fixture.Store.CreateBucketAsync(ObjectStoreFixture.Bucket, "111111111111", "us-east-1"));
    }

    [Fact]
    public async Task DeleteBucket_NotEmpty_Refused()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        await fixture.PutAsync("key", "content");
        await RefusedAsync(ObjectStoreError.BucketNotEmpty, () => fixture.Store.DeleteBucketAsync(ObjectStoreFixture.Bucket));
        await RefusedAsync(ObjectStoreError.NoSuchBucket, () => fixture.Store.DeleteBucketAsync("no-such-bucket"));
    }

    [Theory]
    [InlineData("abc", true)]
    [InlineData("a.b-c.1", true)]
    [InlineData("ab", false)]
    [InlineData("Abc", false)]
    [InlineData("a..b", false)]
    [InlineData("-abc", false)]
    [InlineData("abc.", false)]
    [InlineData("192.168.5.4", false)]
    [InlineData("xn--abc", false)]
    [InlineData("abc-s3alias", false)]
    [InlineData("../abc", false)]
    [InlineData("a_b", false)]
    public void BucketName_Rules_AreS3s(string name, bool valid)
    {
        Assert.Equal(valid, BucketName.IsValid(name));
        Assert.Equal(valid, BucketName.IsValid(name.PadLeft(63, '0')) && valid);
        Assert.False(BucketName.IsValid(name.PadLeft(64, '0')));
    }

    [Fact]
    public async Task Open_FilesLeftInStaging_UncommittedRemovedAndCommittedMoved()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        await fixture.PutAsync("key", ObjectStoreFixture.Bytes(Large));
        await fixture.Store.DisposeAsync();
        var file = Assert.Single(fixture.DataFiles());
        var staging = Path.Combine(fixture.DataFolder, "objects", ".staging");
        File.Move(file, Path.Combine(staging, Path.GetFileName(file)));
        await File.WriteAllTextAsync(Path.Combine(staging, "00000000000000ff"), "torn", TestContext.Current.CancellationToken);

        await fixture.ReopenAsync();

        Assert.Equal([file], fixture.DataFiles());
        Assert.Equal(ObjectStoreFixture.Bytes(Large), await fixture.GetAsync("key"));
    }

    private static readonly Comparer<byte[]> Utf8Order = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    private static Task<ObjectInfo> CopyAsync(ObjectStoreFixture fixture, string from, string to) => fixture.Store.CopyAsync(
        ObjectStoreFixture.Bucket,
        from,
        version: null,
        original => new ObjectTarget { Bucket = ObjectStoreFixture.Bucket, Key = to, Attributes = original.Attributes },
        TestContext.Current.CancellationToken);

    private static async Task RefusedAsync(ObjectStoreError error, Func<Task> action) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<ObjectStoreException>(action)).Error);

    private sealed class BrokenStream(int length) : MemoryStream(new byte[length])
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position >= Length ? throw new IOException("The client went away.") : base.ReadAsync(buffer, cancellationToken);
    }
}
