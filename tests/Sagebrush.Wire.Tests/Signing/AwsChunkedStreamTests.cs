using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sagebrush.Wire.Signing;
using Xunit;

namespace Sagebrush.Wire.Tests.Signing;

public sealed class AwsChunkedStreamTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("3\r\nabc\r\n0\r\n")]
    [InlineData("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n")]
    [InlineData("0003;some=thing\r\nabc\r\n0;x\r\n\r\nleft over")]
    public async Task ReadAsync_UnsignedChunks_GivesTheObject(string body) =>
        Assert.Equal("abc", await DecodeAsync(body, 3));

    [Fact]
    public async Task ReadAsync_EmptyObject_IsEmpty() => Assert.Equal("", await DecodeAsync("0\r\n\r\n", 0));

    [Fact]
    public async Task ReadAsync_Trailers_AreThereAtTheEnd()
    {
        var stream = Open(Encoding.ASCII.GetBytes("3\r\nabc\r\n0\r\nX-Amz-Checksum-Crc32: NSRBwg== \r\n\r\n"), 3, "x-amz-checksum-crc32");

        Assert.Equal("abc", await Requests.ReadTextAsync(stream, Cancelled));
        Assert.Equal("NSRBwg==", stream.Trailers["x-amz-checksum-crc32"]);
    }

    [Theory]
    [InlineData("", PayloadError.Incomplete)]
    [InlineData("3", PayloadError.Incomplete)]
    [InlineData("3\r\nab", PayloadError.Incomplete)]
    [InlineData("3\r\nabc", PayloadError.Incomplete)]
    [InlineData("3\r\nabc\r\n", PayloadError.Incomplete)]
    [InlineData("3\r\nabc\r\n0", PayloadError.Incomplete)]
    [InlineData("2\r\nab\r\n0\r\n\r\n", PayloadError.Incomplete)]
    [InlineData("4\r\nabcd\r\n0\r\n\r\n", PayloadError.Incomplete)]
    [InlineData("7fffffffffffffff\r\nabc", PayloadError.MalformedChunk)]
    [InlineData("-3\r\nabc\r\n0\r\n\r\n", PayloadError.MalformedChunk)]
    [InlineData("\r\n", PayloadError.MalformedChunk)]
    [InlineData("xyz\r\n", PayloadError.MalformedChunk)]
    [InlineData("2\r\nabc\r\n0\r\n\r\n", PayloadError.MalformedChunk)]
    [InlineData("3\r\nabc\r\n0\r\nnonsense\r\n\r\n", PayloadError.MalformedTrailer)]
    [InlineData("3\r\nabc\r\n0\r\nnot-announced: x\r\n\r\n", PayloadError.MalformedTrailer)]
    public async Task ReadAsync_BrokenFraming_IsATypedError(string body, PayloadError expected)
    {
        var thrown = await Assert.ThrowsAsync<PayloadException>(() => DecodeAsync(body, 3));

        Assert.Equal(expected, thrown.Error);
    }

    [Fact]
    public async Task ReadAsync_AnnouncedTrailerMissing_IsMalformed()
    {
        var stream = Open(Encoding.ASCII.GetBytes("3\r\nabc\r\n0\r\n\r\n"), 3, "x-amz-checksum-crc32");

        var thrown = await Assert.ThrowsAsync<PayloadException>(() => Requests.ReadTextAsync(stream, Cancelled));

        Assert.Equal("MalformedTrailerError", thrown.Code);
    }

    [Fact]
    public async Task ReadAsync_EndlessLine_IsRefusedEarly()
    {
        var thrown = await Assert.ThrowsAsync<PayloadException>(() => DecodeAsync(new string('0', 100_000), 3));

        Assert.Equal(PayloadError.MalformedChunk, thrown.Error);
    }

    [Theory]
    [InlineData(PayloadMode.SignedChunks)]
    [InlineData(PayloadMode.SignedChunksWithTrailer)]
    public async Task ReadAsync_SignedChunksInAnySizes_GivesTheObjectAndNoBitMayChange(PayloadMode mode)
    {
        var random = new Random(5);
        for (var round = 0; round < 40; round++)
        {
            var content = new byte[random.Next(0, 5000)];
            random.NextBytes(content);
            var trailers = mode == PayloadMode.SignedChunksWithTrailer ? "x-amz-checksum-crc32" : "";
            var wire = Encode(content, mode, random);

            Assert.Equal(content, await ReadAsync(Open(wire, content.Length, trailers, mode, random.Next(1, 600))));

            // The bytes after the last line end are not part of the message, nor is the name of an unknown extension: flip what is signed.
            var changed = (byte[])wire.Clone();
            var at = random.Next(changed.Length - 4);
            changed[at] ^= (byte)(1 << random.Next(8));
            if (!await AcceptsAsync(changed, content, trailers, mode))
            {
                continue;
            }

            // The only change without a meaning is the case of a size's digits or of a trailer's name.
            Assert.Equal(0x20, changed[at] ^ wire[at]);
        }
    }

    [Fact]
    public void ReadAsync_RandomFraming_EndsWithBytesOrATypedError()
    {
        var pieces = Gen.Elements("0", "3", "a", "f", "\r\n", "\n", ";", ";chunk-signature=", ":", "abc", "x-amz-trailer", "\0", "é", new string('0', 64), "0\r\n\r\n", "3\r\nabc\r\n");
        var bodies = Gen.Choose(0, 12).SelectMany(count => pieces.ArrayOf(count)).Select(parts => string.Concat(parts)).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(bodies, body =>
        {
            foreach (var mode in new[] { PayloadMode.UnsignedChunksWithTrailer, PayloadMode.SignedChunks, PayloadMode.SignedChunksWithTrailer })
            {
                AcceptsAsync(Encoding.UTF8.GetBytes(body), "abc"u8.ToArray(), "x-amz-trailer", mode).GetAwaiter().GetResult();
            }
        }));
    }

    [Fact]
    public async Task ReadAsync_BodyThatNeverEnds_CanBeCancelled()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("3\r\nab"u8.ToArray(), Cancelled);
        var stream = new AwsChunkedStream(pipe.Reader, Terms(PayloadMode.UnsignedChunksWithTrailer, 3), "");
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var buffer = new byte[10];
        Assert.Equal(2, await stream.ReadAsync(buffer, source.Token));

        var pending = stream.ReadAsync(buffer, source.Token);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pending);
    }

    private static async Task<bool> AcceptsAsync(byte[] wire, byte[] content, string trailers, PayloadMode mode)
    {
        try
        {
            var read = await ReadAsync(Open(wire, content.Length, trailers, mode));
            return read.AsSpan().SequenceEqual(content);
        }
        catch (PayloadException)
        {
            return false;
        }
    }

    private static Task<string> DecodeAsync(string body, long length) =>
        Requests.ReadTextAsync(Open(Encoding.ASCII.GetBytes(body), length, ""), Cancelled);

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, 777, Cancelled);
        return copy.ToArray();
    }

    private static AwsChunkedStream Open(
        byte[] wire, long length, string trailers, PayloadMode mode = PayloadMode.UnsignedChunksWithTrailer, int segment = 4096) =>
        new(PipeReader.Create(new MemoryStream(wire), new StreamPipeReaderOptions(bufferSize: segment, minimumReadSize: 1)), Terms(mode, length), trailers);

    private static PayloadTerms Terms(PayloadMode mode, long length) => new()
    {
        Mode = mode,
        DecodedLength = length,
        Chain = mode == PayloadMode.UnsignedChunksWithTrailer ? null : Chain(),
    };

    private static ChunkSignatureChain Chain() =>
        new(SigningKey.Derive("secret", "20260115", "us-east-1", "s3"), "20260115T120000Z", new string('5', 64));

    private static byte[] Encode(byte[] content, PayloadMode mode, Random random)
    {
        var chain = Chain();
        using var wire = new MemoryStream();
        for (var at = 0; at <= content.Length;)
        {
            var size = at == content.Length ? 0 : random.Next(1, content.Length - at + 1);
            var chunk = content.AsSpan(at, size);
            wire.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{size:x};chunk-signature={chain.SignChunk(SHA256.HashData(chunk))}\r\n")));
            wire.Write(chunk);
            if (size == 0)
            {
                break;
            }

            wire.Write("\r\n"u8);
            at += size;
        }

        if (mode == PayloadMode.SignedChunksWithTrailer)
        {
            var signature = chain.SignTrailers(SHA256.HashData("x-amz-checksum-crc32:AAAAAA==\n"u8));
            wire.Write(Encoding.ASCII.GetBytes($"x-amz-checksum-crc32:AAAAAA==\r\nx-amz-trailer-signature:{signature}\r\n"));
        }

        wire.Write("\r\n"u8);
        return wire.ToArray();
    }
}
