using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sagebrush.State.Objects;
using Sagebrush.State.Objects.Checksums;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Objects;

/// <summary>A store in a folder of its own, with a bucket in it.</summary>
internal sealed class ObjectStoreFixture : IAsyncDisposable
{
    public const string Bucket = "a-bucket";

    private readonly TemporaryFolder _folder = new();

    private ObjectStoreFixture() => Store = Open(_folder.Path);

    public FolderObjectStore Store { get; private set; }

    public string DataFolder => _folder.Path;

    public static async Task<ObjectStoreFixture> CreateAsync()
    {
        var fixture = new ObjectStoreFixture();
        await fixture.Store.CreateBucketAsync(Bucket, "000000000000", "us-east-1");
        return fixture;
    }

    public static FolderObjectStore Open(string folder) =>
        FolderObjectStore.Open(folder, TimeProvider.System, NullLogger<FolderObjectStore>.Instance);

    /// <summary>Bytes that differ from place to place and from seed to seed.</summary>
    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static byte[] Md5(params byte[][] pieces)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        foreach (var piece in pieces)
        {
            md5.AppendData(piece);
        }

        return md5.GetHashAndReset();
    }

    public async Task ReopenAsync(TimeProvider? clock = null)
    {
        await Store.DisposeAsync();
        Store = FolderObjectStore.Open(_folder.Path, clock ?? TimeProvider.System, NullLogger<FolderObjectStore>.Instance);
    }

    public Task<ObjectInfo> PutAsync(string key, string content) => PutAsync(key, Encoding.UTF8.GetBytes(content));

    public async Task<ObjectInfo> PutAsync(string key, byte[] content, WriteCondition condition = default)
    {
        using var pending = await Store.WriteAsync(new MemoryStream(content), new ContentOptions());
        return await Store.PutAsync(new ObjectTarget { Bucket = Bucket, Key = key, Condition = condition }, pending);
    }

    public async Task<byte[]> GetAsync(string key)
    {
        using var reader = Store.Open(Bucket, key);
        return await ReadAsync(reader);
    }

    public static async Task<byte[]> ReadAsync(ObjectReader reader)
    {
        var copy = new MemoryStream();
        await reader.OpenStream(0, reader.Info.Size).CopyToAsync(copy);
        return copy.ToArray();
    }

    public async Task<UploadInfo> UploadAsync(string key, params byte[][] parts)
    {
        var upload = await Store.CreateUploadAsync(
            new ObjectTarget { Bucket = Bucket, Key = key }, ChecksumAlgorithm.Crc64Nvme, ChecksumType.FullObject);
        for (var index = 0; index < parts.Length; index++)
        {
            using var content = await Store.WriteAsync(new MemoryStream(parts[index]), new ContentOptions());
            await Store.PutPartAsync(upload, index + 1, content);
        }

        return upload;
    }

    public Task<ObjectInfo> CompleteAsync(UploadInfo upload) => Store.CompleteUploadAsync(new UploadCompletion
    {
        Bucket = Bucket,
        Key = upload.Key,
        UploadId = upload.UploadId,
        Parts = [.. Store.ListParts(upload).Select(part => new CompletedPart(part.Number, part.ETag))],
    });

    public List<string> DataFiles() =>
        [.. Directory.EnumerateFiles(Path.Combine(DataFolder, "objects"), "*", SearchOption.AllDirectories)];

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Dispose();
    }
}
