using System.Security.Cryptography;
using Sagebrush.State.Blobs;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Blobs;

public sealed class BlobStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BlobStore _store;

    public BlobStoreTests() => _store = BlobStore.Open(_folder.Path);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256 * 1024)]
    [InlineData((256 * 1024) + 1)]
    [InlineData(1_000_000)]
    public async Task Complete_WhateverLength_IsReadBackUnderItsSha256(int length)
    {
        var content = Bytes(length);

        var digest = await AddAsync(content);

        Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(content)), digest.Text);
        Assert.Equal(length, _store.FindLength(digest));
        Assert.Equal(content, await _store.TryReadAsync(digest, length, Cancelled));
        Assert.Null(length == 0 ? null : await _store.TryReadAsync(digest, length - 1, Cancelled));
        Assert.Empty(_store.Uploads());
    }

    [Fact]
    public async Task Append_AfterARestart_GoesOnWithTheSameHash()
    {
        var content = Bytes(700_000);
        var id = _store.BeginUpload();
        using (var upload = _store.TryTakeUpload(id)!)
        {
            await upload.AppendAsync(new MemoryStream(content, 0, 400_000), long.MaxValue, Cancelled);
        }

        var restarted = BlobStore.Open(_folder.Path);
        Assert.Equal(400_000, restarted.FindUploadLength(id));
        using var resumed = restarted.TryTakeUpload(id)!;
        await resumed.AppendAsync(new MemoryStream(content, 400_000, 300_000), long.MaxValue, Cancelled);

        Assert.Equal(BlobDigest.Of(content), await resumed.DigestAsync(Cancelled));
    }

    [Fact]
    public async Task Append_StreamThatBreaks_KeepsWhatCameBefore()
    {
        var content = Bytes(600_000);
        var id = _store.BeginUpload();
        using var upload = _store.TryTakeUpload(id)!;

        await Assert.ThrowsAsync<IOException>(() => upload.AppendAsync(new BreakingStream(content), long.MaxValue, Cancelled));

        Assert.InRange(upload.Length, 1, content.Length);
        await upload.AppendAsync(new MemoryStream(content, (int)upload.Length, content.Length - (int)upload.Length), long.MaxValue, Cancelled);
        Assert.Equal(BlobDigest.Of(content), await upload.DigestAsync(Cancelled));
    }

    [Fact]
    public async Task Append_BeyondTheLimit_IsRefused()
    {
        using var upload = _store.TryTakeUpload(_store.BeginUpload())!;

        await Assert.ThrowsAsync<BlobTooLargeException>(() => upload.AppendAsync(new MemoryStream(Bytes(1001)), 1000, Cancelled));
    }

    [Fact]
    public void TakeUpload_WhileSomebodyHasIt_IsBusy()
    {
        var id = _store.BeginUpload();
        using (_store.TryTakeUpload(id))
        {
            Assert.Throws<BlobUploadBusyException>(() => _store.TryTakeUpload(id));
            Assert.Throws<BlobUploadBusyException>(() => _store.CancelUpload(id));
        }

        _store.CancelUpload(id);
        Assert.Null(_store.TryTakeUpload(id));
        Assert.Null(_store.FindUploadLength(id));
    }

    [Fact]
    public async Task Complete_SameBytesTwice_AreKeptOnce()
    {
        var content = Bytes(1000);

        Assert.Equal(await AddAsync(content), await AddAsync(content));

        var (digest, _) = Assert.Single(_store.Blobs());
        _store.Remove(digest);
        Assert.Empty(_store.Blobs());
        Assert.Null(_store.TryOpen(digest));
    }

    [Theory]
    [InlineData("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", true)]
    [InlineData("sha256:44136FA355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", false)]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../../../etc/passwd", false)]
    [InlineData("sha512:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", false)]
    [InlineData("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Parse_Digests_OnlyLowerCaseSha256(string? text, bool valid) => Assert.Equal(valid, BlobDigest.TryParse(text, out _));

    [Fact]
    public async Task KeyedGate_OneKey_LetsOneThroughAtATime()
    {
        var gate = new KeyedGate<string>();
        var (inside, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(
            async () =>
            {
                using var turn = await gate.EnterAsync("key", Cancelled);
                most = Math.Max(most, Interlocked.Increment(ref inside));
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            },
            Cancelled)));

        Assert.Equal(1, most);
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private async Task<BlobDigest> AddAsync(byte[] content)
    {
        using var upload = _store.TryTakeUpload(_store.BeginUpload())!;
        await upload.AppendAsync(new MemoryStream(content), long.MaxValue, Cancelled);
        var digest = await upload.DigestAsync(Cancelled);
        using var hold = await _store.HoldAsync(digest, Cancelled);
        await upload.CompleteAsync(digest, Cancelled);
        return digest;
    }

    private sealed class BreakingStream(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position >= 500_000 ? throw new IOException("The line is dead.") : base.ReadAsync(buffer[..Math.Min(buffer.Length, 100_000)], cancellationToken);
    }
}
