using Sagebrush.State.Objects;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Objects;

public sealed class StagingTests
{
    [Theory]
    [InlineData("data/train", "a.csv,b/c.csv,", "data/train/a.csv", "data/train/b/c.csv")]
    [InlineData("data/train/", "a.csv,b/c.csv,", "data/train/a.csv", "data/train/b/c.csv", "data/train/")]
    [InlineData("data/train/a.csv", "a.csv,", "data/train/a.csv")]
    [InlineData("data/tr", "train.csv,train-2/b.csv,", "data/train-2/b.csv", "data/train.csv")]
    [InlineData("", "a,b/c,", "a", "b/c", "empty/")]
    public async Task Stage_Prefix_FilesNamedByWhatFollows(string prefix, string expected, params string[] keys)
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        using var target = new TemporaryFolder();
        foreach (var key in keys)
        {
            await fixture.PutAsync(key, key.EndsWith('/') ? "" : key);
        }

        var staged = await fixture.Store.StageAsync(
            new StageRequest { Bucket = ObjectStoreFixture.Bucket, Prefix = prefix, Folder = target["job"] },
            cancellationToken: TestContext.Current.CancellationToken);

        var files = expected.Split(',', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(files.Order(), staged.Files.Order());
        Assert.All(files, file => Assert.Contains(File.ReadAllText(Path.Combine(target.Path, "job", file)), keys));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stage_LargeObjects_ReadOnlyAndWithProgress(bool links)
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        using var target = new TemporaryFolder();
        var (file, parts) = (ObjectStoreFixture.Bytes(3_000_000, 1), ObjectStoreFixture.Bytes((int)FolderObjectStore.SmallestPart, 2));
        await fixture.PutAsync("in/file", file);
        await fixture.CompleteAsync(await fixture.UploadAsync("in/parts", parts, [7]));
        var progress = new List<StageProgress>();

        var staged = await fixture.Store.StageAsync(
            new StageRequest { Bucket = ObjectStoreFixture.Bucket, Prefix = "in/", Folder = target["job"], AllowLinks = links },
            new Recorder(progress),
            TestContext.Current.CancellationToken);

        var total = file.Length + parts.Length + 1;
        Assert.Equal(total, staged.Bytes);
        Assert.Equal(file, await File.ReadAllBytesAsync(target["job", "file"], TestContext.Current.CancellationToken));
        Assert.Equal((byte[])[.. parts, 7], await File.ReadAllBytesAsync(target["job", "parts"], TestContext.Current.CancellationToken));
        Assert.Equal(new StageProgress(2, 2, total, total), progress[^1]);
        Assert.Equal(progress.OrderBy(step => step.Bytes), progress);
        if (!OperatingSystem.IsWindows())
        {
            foreach (var name in staged.Files)
            {
                Assert.Equal(
                    UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(target["job", name]));
            }
        }
    }

    [Theory]
    [InlineData(StagingError.UnsafeKey, "in/../../etc/passwd")]
    [InlineData(StagingError.UnsafeKey, "in/a//b")]
    [InlineData(StagingError.UnsafeKey, "in//a")]
    [InlineData(StagingError.UnsafeKey, "in/./a")]
    [InlineData(StagingError.UnsafeKey, "in/a\0b")]
    [InlineData(StagingError.UnsafeKey, "in/folder/")]
    [InlineData(StagingError.Clash, "in/a", "in/a-b", "in/a/b")]
    [InlineData(StagingError.NoSuchKey)]
    public async Task Stage_ImpossibleKeys_RefusedBeforeAnythingIsWritten(StagingError error, params string[] keys)
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        using var target = new TemporaryFolder();
        foreach (var key in keys)
        {
            await fixture.PutAsync(key, "content");
        }

        var refusal = await Assert.ThrowsAsync<StagingException>(() => fixture.Store.StageAsync(
            new StageRequest { Bucket = ObjectStoreFixture.Bucket, Prefix = "in/", Folder = target["job"] },
            cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(error, refusal.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(target.Path));
    }

    [Fact]
    public async Task Stage_NameOf256Bytes_Refused()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        using var target = new TemporaryFolder();
        await fixture.PutAsync("in/" + new string('é', 128), "content");
        var refusal = await Assert.ThrowsAsync<StagingException>(() => fixture.Store.StageAsync(
            new StageRequest { Bucket = ObjectStoreFixture.Bucket, Prefix = "in/", Folder = target["job"] },
            cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StagingError.NameTooLong, refusal.Error);
    }

    [Fact]
    public async Task Stage_Keys_OnlyThose()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        using var target = new TemporaryFolder();
        foreach (var key in (string[])["in/a", "in/b", "in/c"])
        {
            await fixture.PutAsync(key, key);
        }

        var staged = await fixture.Store.StageAsync(
            new StageRequest { Bucket = ObjectStoreFixture.Bucket, Prefix = "in/", Keys = ["in/a", "in/c"], Folder = target["job"] },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["a", "c"], staged.Files);
        Assert.Equal(2, Directory.GetFiles(target["job", "a"][..^2]).Length);
    }

    private sealed class Recorder(List<StageProgress> steps) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => steps.Add(value);
    }
}
