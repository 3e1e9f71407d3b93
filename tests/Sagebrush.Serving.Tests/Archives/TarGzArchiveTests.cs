using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Sagebrush.Serving.Archives;
using Sagebrush.Testing;

namespace Sagebrush.Serving.Tests.Archives;

public sealed class TarGzArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => Path.Join(_folder.Path, "out");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ExtractAsync_FilesFoldersAndInnerLinks_AppearAsPacked()
    {
        await ExtractAsync(
            Folder("./"),
            Folder("code/"),
            File("code/inference.py", "import os"),
            File("./deep/er/model.bin", "weights"),
            Link(TarEntryType.SymbolicLink, "deep/latest", "er/model.bin"),
            Link(TarEntryType.SymbolicLink, "deep/er/up", "../../code/inference.py"),
            Link(TarEntryType.HardLink, "copy.bin", "deep/er/model.bin"));

        Assert.Equal("import os", System.IO.File.ReadAllText(Path.Join(Target, "code/inference.py")));
        Assert.Equal("weights", System.IO.File.ReadAllText(Path.Join(Target, "deep/latest")));
        Assert.Equal("import os", System.IO.File.ReadAllText(Path.Join(Target, "deep/er/up")));
        Assert.Equal("weights", System.IO.File.ReadAllText(Path.Join(Target, "copy.bin")));
    }

    [Fact]
    public async Task ExtractAsync_SetUserIdBit_IsDropped()
    {
        var entry = File("tool", "#!");
        entry.Mode = UnixFileMode.SetUser | UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherWrite;
        await ExtractAsync(entry);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                System.IO.File.GetUnixFileMode(Path.Join(Target, "tool")));
        }
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/etc/evil")]
    [InlineData("a/../../evil")]
    public async Task ExtractAsync_NameThatLeavesTheFolder_IsRefused(string name)
    {
        await Assert.ThrowsAsync<InvalidArchiveException>(() => ExtractAsync(File(name, "x")));
        Assert.False(System.IO.File.Exists(Path.Join(_folder.Path, "evil")));
    }

    [Theory]
    [InlineData("link", "../outside")]
    [InlineData("link", "/etc/passwd")]
    [InlineData("a/link", "../../outside")]
    [InlineData("a/link", "b/../../../outside")]
    [InlineData("link", "")]
    public async Task ExtractAsync_SymbolicLinkThatLeavesTheFolder_IsRefused(string name, string target) =>
        await Assert.ThrowsAnyAsync<Exception>(() => ExtractAsync(Raw(TarEntryType.SymbolicLink, name, target)));

    [Fact]
    public async Task ExtractAsync_FileThroughALink_IsRefused()
    {
        var error = await Assert.ThrowsAsync<InvalidArchiveException>(() => ExtractAsync(
            Folder("real"), Link(TarEntryType.SymbolicLink, "alias", "real"), File("alias/file", "x")));
        Assert.Contains("alias/file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExtractAsync_LinkChainThatWouldClimbOut_IsRefused() =>
        await Assert.ThrowsAsync<InvalidArchiveException>(() => ExtractAsync(
            Folder("deep"),
            Link(TarEntryType.SymbolicLink, "deep/x", ".."),
            Link(TarEntryType.SymbolicLink, "y", "deep/x/..")));

    [Fact]
    public async Task ExtractAsync_HardLinkToAFileNotInTheArchive_IsRefused() =>
        await Assert.ThrowsAsync<InvalidArchiveException>(() => ExtractAsync(
            Link(TarEntryType.HardLink, "shadow", "etc/shadow")));

    [Theory]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    [InlineData(TarEntryType.Fifo)]
    public async Task ExtractAsync_Device_IsRefused(TarEntryType type)
    {
        var error = await Assert.ThrowsAsync<InvalidArchiveException>(() => ExtractAsync(new PaxTarEntry(type, "dev")));
        Assert.Contains("'dev'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExtractAsync_MoreBytesThanAllowed_IsRefused()
    {
        using var packed = Pack(File("a", new string('a', 600)), File("b", new string('b', 600)));
        await Assert.ThrowsAsync<InvalidArchiveException>(() => TarGzArchive.ExtractAsync(
            packed, Target, new ArchiveLimits(1000, 10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ExtractAsync_MoreEntriesThanAllowed_IsRefused()
    {
        using var packed = Pack(File("a", ""), File("b", ""));
        await Assert.ThrowsAsync<InvalidArchiveException>(() => TarGzArchive.ExtractAsync(
            packed, Target, new ArchiveLimits(1000, 1), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ExtractAsync_NotAnArchive_IsRefused()
    {
        using var text = new MemoryStream(Encoding.UTF8.GetBytes("not gzip at all, but long enough to look at"));
        await Assert.ThrowsAsync<InvalidArchiveException>(() => TarGzArchive.ExtractAsync(
            text, Target, ArchiveLimits.Default, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ExtractAsync_CutAnywhere_NeverSucceedsWithLess()
    {
        using var packed = Pack(File("a", string.Concat(Enumerable.Range(0, 400))), File("b", "end"));
        var bytes = packed.ToArray();
        for (var length = 0; length < bytes.Length - 8; length += 37)
        {
            using var cut = new MemoryStream(bytes, 0, length);
            var target = Path.Join(_folder.Path, $"cut{length}");
            try
            {
                await TarGzArchive.ExtractAsync(cut, target, ArchiveLimits.Default, TestContext.Current.CancellationToken);
                Assert.Equal("end", System.IO.File.ReadAllText(Path.Join(target, "b")));
            }
            catch (InvalidArchiveException)
            {
                // The expected end for a cut in the middle.
            }
        }
    }

    private async Task ExtractAsync(params TarEntry[] entries)
    {
        using var packed = Pack(entries);
        await TarGzArchive.ExtractAsync(packed, Target, ArchiveLimits.Default, TestContext.Current.CancellationToken);
    }

    private static MemoryStream Pack(params TarEntry[] entries)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        using (var writer = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (var entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        stream.Position = 0;
        return stream;
    }

    private static PaxTarEntry File(string name, string text) => new(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
    };

    private static PaxTarEntry Folder(string name) => new(TarEntryType.Directory, name);

    private static PaxTarEntry Link(TarEntryType type, string name, string target) => new(type, name) { LinkName = target };

    private static PaxTarEntry Raw(TarEntryType type, string name, string target)
    {
        var entry = new PaxTarEntry(type, name);
        if (target.Length > 0)
        {
            entry.LinkName = target;
        }

        return entry;
    }
}
