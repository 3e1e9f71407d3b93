using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sagebrush.Compute.Execution;

namespace Sagebrush.Compute.Tests.Execution;

public sealed class LogLineSplitterTests
{
    [Fact]
    public void Push_Lines_LosesTheirEnds() => Assert.Equal(["a", "", "b\tc", "d"], Split("a\n\nb\tc\r\nd\n"u8.ToArray()));

    [Fact]
    public void Finish_WithoutALineEnd_GivesTheRest() => Assert.Equal(["a", "rest"], Split("a\nrest"u8.ToArray()));

    [Fact]
    public void Push_BytesThatAreNotText_AreReplaced() => Assert.Equal(["\uFFFDx\uFFFDy\uFFFD"], Split([0xFF, (byte)'x', 0, (byte)'y', 0xC3, (byte)'\n']));

    [Fact]
    public void Push_ALongLine_IsCutBetweenCharacters()
    {
        Assert.Equal(["ääää", "ääää", "ä"], Split(Encoding.UTF8.GetBytes("äääääääää\n"), maxLineBytes: 9));
        Assert.Equal(["1234", "56"], Split("123456\n"u8.ToArray(), maxLineBytes: 4));
        Assert.Equal(["1234"], Split("1234\n"u8.ToArray(), maxLineBytes: 4));
    }

    [Fact]
    public void Position_AfterAPartialLine_StaysBeforeIt()
    {
        var splitter = new LogLineSplitter(100);
        List<LogLine> lines = [];

        splitter.Push("abc\ndef"u8, default, lines);

        Assert.Equal(104, splitter.Position);
    }

    [Fact]
    public void Push_AnyBytesInAnyChunks_GivesTheSameLines()
    {
        var bytes = Gen.Elements<byte>([(byte)'\n', (byte)'a', 0xC3, 0xA4, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0x80, 0, (byte)'\r']).ArrayOf();
        var cases = Gen.Zip(bytes, Gen.Zip(Gen.Choose(1, 7).ArrayOf(), Gen.Choose(4, 9)));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(cases.ToArbitrary(), input =>
        {
            var (data, (sizes, max)) = input;
            var whole = Split(data, max);
            var splitter = new LogLineSplitter(0, max);
            List<LogLine> lines = [];
            for (int at = 0, i = 0; at < data.Length; i++)
            {
                var size = Math.Min(sizes.Length == 0 ? 1 : sizes[i % sizes.Length], data.Length - at);
                splitter.Push(data.AsSpan(at, size), default, lines);
                at += size;
            }

            splitter.Finish(default, lines);
            return lines.Select(line => line.Text).SequenceEqual(whole) && splitter.Position == data.Length;
        }));
    }

    private static List<string> Split(byte[] bytes, int maxLineBytes = LogLineSplitter.DefaultMaxLineBytes)
    {
        var splitter = new LogLineSplitter(0, maxLineBytes);
        List<LogLine> lines = [];
        splitter.Push(bytes, default, lines);
        splitter.Finish(default, lines);
        return [.. lines.Select(line => line.Text)];
    }
}
