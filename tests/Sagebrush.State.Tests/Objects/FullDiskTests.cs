using Sagebrush.State.Objects;
using Sagebrush.State.Sqlite;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Objects;

/// <summary>A store on a disk of a few megabytes, which only root can make.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task Delete_DiskFull_MakesRoom()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var disk = SmallDisk.TryMake(16);
        Assert.SkipWhen(disk is null, "Only root can mount a small disk.");
        await using var store = ObjectStoreFixture.Open(disk.Path);
        await store.CreateBucketAsync("bucket", "000000000000", "us-east-1", cancelled);
        for (var number = 0; number < 4; number++)
        {
            await PutAsync(store, $"{number}", ObjectStoreFixture.Bytes(500_000));
        }

        disk.Fill();
        await Assert.ThrowsAnyAsync<Exception>(() => PutAsync(store, "more", ObjectStoreFixture.Bytes(500_000)));
        await FillIndexAsync(store);

        var outcomes = await store.DeleteAsync("bucket", ["0", "1", "2"], cancelled);

        Assert.All(outcomes, outcome => Assert.NotNull(outcome.Removed));
        Assert.Null(store.FindObject("bucket", "0"));
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await PutAsync(store, "more", ObjectStoreFixture.Bytes(500_000));
                    return true;
                }
                catch (Exception exception) when (exception is IOException or DatabaseException)
                {
                    return false;
                }
            },
            cancelled);
    }

    private static async Task PutAsync(FolderObjectStore store, string key, byte[] body)
    {
        using var content = await store.WriteAsync(new MemoryStream(body), new ContentOptions());
        await store.PutAsync(new ObjectTarget { Bucket = "bucket", Key = key }, content);
    }

    /// <summary>Until the index has no block left in its own files either.</summary>
    private static async Task FillIndexAsync(FolderObjectStore store)
    {
        try
        {
            for (var number = 0; ; number++)
            {
                await PutAsync(store, $"small-{number}", ObjectStoreFixture.Bytes(10_000));
            }
        }
        catch (DatabaseFullException)
        {
            // Full.
        }
    }
}
