using System.Globalization;
using Sagebrush.State.Objects;
using Sagebrush.State.Objects.Checksums;

namespace Sagebrush.State.Tests.Objects;

/// <summary>The child process of <see cref="ObjectCrashTests"/>: puts, overwrites and deletes objects until killed.</summary>
/// <remarks>
/// It says <c>began KEY SEED</c> before and <c>done KEY SEED</c> after each put; the seed gives the size and the bytes. A seed of 0
/// is a deletion.
/// </remarks>
internal static class ObjectCrashWriter
{
    public const string Command = "object-crash-writer";

    private const int Writers = 4;
    private const int KeysOfEach = 3;

    public static async Task<int> RunAsync(string folder, string start)
    {
        await using var store = ObjectStoreFixture.Open(folder);
        if (store.FindBucket(ObjectStoreFixture.Bucket) is null)
        {
            await store.CreateBucketAsync(ObjectStoreFixture.Bucket, "000000000000", "us-east-1");
        }

        var seed = int.Parse(start, CultureInfo.InvariantCulture);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            while (true)
            {
                var value = Interlocked.Increment(ref seed);
                var key = $"../{writer}/{value % KeysOfEach}";
                var next = value % 5 == 0 ? 0 : value;
                await Console.Out.WriteLineAsync($"began {key} {next}");
                await PutAsync(store, key, next);
                await Console.Out.WriteLineAsync($"done {key} {next}");
            }
        })));
        return 0;
    }

    /// <summary>Some inline, some in a file, now and then one in parts.</summary>
    public static byte[] Content(int seed) => ObjectStoreFixture.Bytes((seed % 3) switch
    {
        0 => 1_000,
        1 => 60_000,
        _ => seed % 20 == 11 ? PartSize + 10 : 300_000,
    }, seed);

    private const int PartSize = (int)FolderObjectStore.SmallestPart;

    private static async Task PutAsync(FolderObjectStore store, string key, int seed)
    {
        var target = new ObjectTarget { Bucket = ObjectStoreFixture.Bucket, Key = key };
        if (seed == 0)
        {
            await store.DeleteAsync(ObjectStoreFixture.Bucket, [key]);
            return;
        }

        var bytes = Content(seed);
        if (bytes.Length > PartSize)
        {
            var upload = await store.CreateUploadAsync(target, ChecksumAlgorithm.Crc64Nvme, ChecksumType.FullObject);
            foreach (var (number, part) in ((int, byte[])[])[(1, bytes[..PartSize]), (2, bytes[PartSize..])])
            {
                using var piece = await store.WriteAsync(new MemoryStream(part), new ContentOptions());
                await store.PutPartAsync(upload, number, piece);
            }

            await store.CompleteUploadAsync(new UploadCompletion
            {
                Bucket = ObjectStoreFixture.Bucket,
                Key = key,
                UploadId = upload.UploadId,
                Parts = [new(1, null), new(2, null)],
            });
            return;
        }

        using var content = await store.WriteAsync(new MemoryStream(bytes), new ContentOptions());
        await store.PutAsync(target, content);
    }
}
