using System.Security.Cryptography;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Tests.Jobs;

public sealed class NamedPipeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sagebrush-pipe-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4_096)]
    [InlineData(5_000_001)]
    public async Task Splice_ReaderReadsAll_GetsTheFilesBytes(int size)
    {
        var (file, bytes) = MakeFile(size);
        var pipe = MakePipe();
        var reading = ReadAsync(pipe);
        using (file)
        using (var writer = NamedPipe.OpenToWrite(pipe))
        {
            Assert.Equal(SpliceResult.Whole, NamedPipe.Splice(file, writer));
        }

        Assert.Equal(bytes, await reading);
    }

    [Fact]
    public async Task Splice_ReaderClosesEarly_SaysSo()
    {
        var (file, _) = MakeFile(8 << 20);
        var pipe = MakePipe();
        var reading = Task.Run(() => File.OpenRead(pipe).Dispose(), TestContext.Current.CancellationToken);
        using (file)
        using (var writer = NamedPipe.OpenToWrite(pipe))
        {
            await reading;
            Assert.Equal(SpliceResult.Closed, NamedPipe.Splice(file, writer));
        }
    }

    [Fact]
    public async Task Splice_FileThatCannotBeSpliced_PutsNothing()
    {
        var pipe = MakePipe();
        var reading = ReadAsync(pipe);
        using (var writer = NamedPipe.OpenToWrite(pipe))
        using (var memory = File.OpenRead("/proc/self/mem"))
        {
            Assert.Equal(SpliceResult.Unsupported, NamedPipe.Splice(memory, writer));
        }

        Assert.Empty(await reading);
    }

    // To open a pipe waits for its other end.
    private static Task<byte[]> ReadAsync(string pipe) => Task.Run(() => File.ReadAllBytes(pipe), TestContext.Current.CancellationToken);

    private (FileStream File, byte[] Bytes) MakeFile(int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        var path = Path.Join(_folder.FullName, "content");
        File.WriteAllBytes(path, bytes);
        return (new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0), bytes);
    }

    private string MakePipe()
    {
        var path = Path.Join(_folder.FullName, "pipe");
        NamedPipe.Make(path);
        return path;
    }
}
