using System.Buffers.Binary;
using System.Text;
using Sagebrush.Serving.Batch;

namespace Sagebrush.Serving.Tests.Batch;

public sealed class PayloadReaderTests
{
    [Theory]
    [InlineData("1\n22\n333\n4444\n", 6, "1\n22\n|333\n|4444\n")]
    [InlineData("1\n22\n333\n4444", 6, "1\n22\n|333\n|4444")]
    [InlineData("1\n22\n333\n4444", 100, "1\n22\n333\n4444")]
    [InlineData("123456", 6, "123456")]
    [InlineData("", 6, "")]
    public async Task ReadAsync_ManyLines_FillsPayloadsWithWholeLines(string text, int largest, string expected) =>
        Assert.Equal(expected, string.Join('|', await ReadAsync(Encoding.UTF8.GetBytes(text), RecordSplit.Line, single: false, largest)));

    [Fact]
    public async Task ReadAsync_SingleLines_GivesEach() =>
        Assert.Equal(["1\n", "22\n", "\n", "333"], await ReadAsync("1\n22\n\n333"u8.ToArray(), RecordSplit.Line, single: true, 6));

    [Theory]
    [InlineData(RecordSplit.Line, "1\n1234567\n", "a record is larger than 6 bytes")]
    [InlineData(RecordSplit.Line, "1234567", "a record is larger than 6 bytes")]
    [InlineData(RecordSplit.None, "1234567", "Set SplitType, or a larger MaxPayloadInMB")]
    public async Task ReadAsync_RecordLargerThanAPayload_IsRefused(RecordSplit split, string text, string message)
    {
        var error = await Assert.ThrowsAsync<BatchInputException>(() => ReadAsync(Encoding.UTF8.GetBytes(text), split, single: false, 6));

        Assert.StartsWith("Too much data for max payload size", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAsync_AnyCutOfAStream_LosesNothing(bool single)
    {
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => new string('x', random.Next(12)) + "\n"));
            var payloads = await ReadAsync(Encoding.UTF8.GetBytes(text), RecordSplit.Line, single, 12 + random.Next(40), random.Next(1, 9));

            Assert.Equal(text, string.Concat(payloads));
            Assert.All(payloads, payload => Assert.EndsWith("\n", payload, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task ReadAsync_RecordIO_KeepsRecordsWhole()
    {
        byte[] one = Frame(0, 5), two = [.. Frame(1, 4), .. Frame(3, 7)];
        byte[] file = [.. one, .. two, .. one];

        Assert.Equal([one.Length, two.Length, one.Length], await LengthsAsync(file, single: true, 100));
        Assert.Equal([one.Length + two.Length, one.Length], await LengthsAsync(file, single: false, one.Length + two.Length + 3));
        Assert.Contains(
            "ends within", (await Assert.ThrowsAsync<BatchInputException>(() => LengthsAsync(file[..^3], single: false, 100))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "not RecordIO",
            (await Assert.ThrowsAsync<BatchInputException>(() => LengthsAsync("this is something else"u8.ToArray(), single: false, 100))).Message,
            StringComparison.Ordinal);
    }

    private static byte[] Frame(uint part, int length)
    {
        var frame = new byte[8 + ((length + 3) & ~3)];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, 0xCED7230A);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), (part << 29) | (uint)length);
        return frame;
    }

    private static async Task<List<int>> LengthsAsync(byte[] file, bool single, int largest) =>
        [.. (await ReadAsync(file, RecordSplit.RecordIO, single, largest, 7)).Select(payload => payload.Length)];

    private static async Task<List<string>> ReadAsync(byte[] file, RecordSplit split, bool single, int largest, int step = 3)
    {
        using var stream = new SlowStream(file, step);
        using var reader = new PayloadReader(stream, split, single, largest);
        List<string> payloads = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } payload)
        {
            payloads.Add(Encoding.Latin1.GetString(payload));
        }

        return payloads;
    }

    /// <summary>Gives a few bytes at a time, as a network does.</summary>
    private sealed class SlowStream(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], cancellationToken);
    }
}
