using System.Buffers;
using System.Text;

using Sagebrush.Testing;
using Sagebrush.Wire.EventStreams;

using Xunit;

namespace Sagebrush.Wire.Tests.EventStreams;

public sealed class EventStreamMessageTests
{
    // The judge prints each message's headers and payload; botocore checks lengths and both checksums.
    private const string Judge =
        """
        import sys
        from botocore.eventstream import EventStreamBuffer
        buffer = EventStreamBuffer()
        data = bytes.fromhex(open(sys.argv[1]).read())
        for i in range(0, len(data), 7):
            buffer.add_data(data[i:i + 7])
            for event in buffer:
                print(sorted(event.headers.items()), len(event.payload), event.payload[:20])
        """;

    [Fact]
    public void Write_SeveralMessages_AreReadByBotocore()
    {
        Assert.SkipUnless(PythonProgram.Has("botocore.eventstream"), "Debian's botocore is not installed.");
        var output = new ArrayBufferWriter<byte>();
        EventStreamMessage.Write(output, [(":event-type", "PayloadPart"), (":message-type", "event")], "hello"u8);
        EventStreamMessage.Write(output, [], []);
        EventStreamMessage.Write(output, [("ü", new string('x', 3000))], Encoding.UTF8.GetBytes(new string('y', 100_000)));
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Convert.ToHexString(output.WrittenSpan));

            var (exit, printed, error) = PythonProgram.Run(Judge, file);

            Assert.True(exit == 0, error);
            Assert.Equal(
                [
                    "[(':event-type', 'PayloadPart'), (':message-type', 'event')] 5 b'hello'",
                    "[] 0 b''",
                    $"[('ü', '{new string('x', 3000)}')] 100000 b'{new string('y', 20)}'",
                ],
                printed.TrimEnd().Split('\n'));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Write_HeaderLongerThanTheFormatHolds_IsRefused()
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.Throws<ArgumentOutOfRangeException>(() => EventStreamMessage.Write(output, [(new string('n', 256), "")], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => EventStreamMessage.Write(output, [("n", new string('v', 40_000))], []));
        Assert.Equal(0, output.WrittenCount);
    }
}
