using System.Text;
using Sagebrush.Serving.Python;

namespace Sagebrush.Serving.Tests.Python;

public sealed class LineReaderTests
{
    [Fact]
    public async Task PumpAsync_LinesAndARest_AreAllGiven() =>
        Assert.Equal(["one", "", "two", "rest"], await ReadAsync("one\n\r\ntwo\r\nrest"));

    [Fact]
    public async Task PumpAsync_EndlessLine_ComesInPieces()
    {
        var lines = await ReadAsync(new string('x', 200_000) + "\nend\n");

        Assert.Equal("end", lines[^1]);
        Assert.Equal(200_000, lines.SkipLast(1).Sum(line => line.Length));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 65_536));
    }

    private static async Task<List<string>> ReadAsync(string text)
    {
        var lines = new List<string>();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await LineReader.PumpAsync(stream, lines.Add, TestContext.Current.CancellationToken);
        return lines;
    }
}
