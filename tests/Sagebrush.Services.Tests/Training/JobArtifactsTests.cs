using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using Sagebrush.Services.Training;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Training;

public sealed class JobArtifactsTests
{
    [Fact]
    public async Task PackAsync_TheSameFiles_MakesTheSameBytesWithoutOddities()
    {
        using var one = new TemporaryFolder();
        using var two = new TemporaryFolder();
        await FillAsync(one);
        await FillAsync(two);

        var packed = await PackAsync(one.Path);

        Assert.Equal(packed, await PackAsync(two.Path));
        await using var tar = new TarReader(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress));
        List<string> names = [];
        while (await tar.GetNextEntryAsync(copyData: false, TestContext.Current.CancellationToken) is { } entry)
        {
            names.Add($"{entry.Name} {entry.EntryType}");
        }

        var longName = new string('n', 150);
        Assert.Equal(["a.txt RegularFile", "deep/ Directory", $"deep/{longName} RegularFile", "deep-2 RegularFile", "link SymbolicLink"], names);
    }

    private static async Task FillAsync(TemporaryFolder folder)
    {
        await File.WriteAllTextAsync(folder["deep", new string('n', 150)], "long", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["a.txt"], "a", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["deep-2"], "b", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(folder["link"], "a.txt");
        using var pipe = Process.Start("mkfifo", [folder["pipe"]]);
        await pipe.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<byte[]> PackAsync(string directory)
    {
        using var stream = new MemoryStream();
        await JobArtifacts.PackAsync([directory], stream, TestContext.Current.CancellationToken);
        return stream.ToArray();
    }
}
