using Sagebrush.CommandLine;
using Sagebrush.Quickstart;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Tests.Quickstart;

public sealed class TableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _file;

    public TableTests() => _file = _folder["table.csv"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a,b,c\n1,2,3\n4,5,6\n", ',')]
    [InlineData("a;b;c\n1,5;2;3\n4,5;5;6\n", ';')]
    [InlineData("a\tb\tc\n1\t2\t3\n", '\t')]
    [InlineData("a|b|c\n1|2|3\n", '|')]
    [InlineData("\"a\";\"b, c\"\n1;\"x, y, z\"\n2;\"u, v\"\n", ';')]
    public void Read_UnknownSeparator_FindsIt(string text, char expected) => Assert.Equal(expected, Read(text).Separator);

    [Fact]
    public void Read_QuotedCells_KeepSeparatorsQuotesAndLineBreaks()
    {
        var table = Read("name,\"said, once\"\r\n  plain , \"a \"\"b\"\"\nc\"\r\n\r\nlast,\"\"\r\n");

        Assert.Equal(["name", "said, once"], table.Names);
        Assert.Equal(["plain", "last"], table.Columns[0]);
        Assert.Equal(["a \"b\"\nc", ""], table.Columns[1]);
        Assert.Equal([2, 5], table.Lines);
    }

    [Fact]
    public void Read_ByteOrderMarkAndNoLastLineEnd_AreNoPartOfTheData()
    {
        File.WriteAllText(_file, "a,b\n1,2", new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        var table = Table.Read(_file);

        Assert.Equal(["a", "b"], table.Names);
        Assert.Equal("2", table.Columns[1][0]);
    }

    [Theory]
    [InlineData("a,b,c\n1,2,3\n1,2\n", ":3: 2 cells where the header has 3: column 'c' is missing")]
    [InlineData("a,b,c\n1,2,3\n1,2,3,4\n", ":3: 4 cells where the header has 3: cell 4 is one too many")]
    [InlineData("a,b\n1,\"2\n3,4\n", ":2: a quoted cell begins here and never ends")]
    [InlineData("a,b\n1,\"2\"x\n", ":2: cell 2 goes on after its closing quote")]
    [InlineData("a,b,a\n1,2,3\n", ":1: two columns are named 'a'")]
    [InlineData("1,2,3\n4,5,6\n", ":1: the first line holds numbers only")]
    [InlineData("a\n1\n", ":1: one column only")]
    [InlineData("", ": is empty")]
    public void Read_BadTable_SaysWhereAndWhat(string text, string expected)
    {
        var exception = Assert.Throws<CommandException>(() => Read(text));

        Assert.StartsWith(_file + expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadInput, exception.ExitCode);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Read_NoSuchFile_SaysSo() =>
        Assert.Equal("nowhere.csv: no such file", Assert.Throws<CommandException>(() => Table.Read("nowhere.csv")).Message);

    [Theory]
    [InlineData("incmoe", "income")]
    [InlineData("Income", "income")]
    [InlineData("hours_per_week", "hours-per-week")]
    public void IndexOf_NearlyAColumn_OffersIt(string wrong, string right)
    {
        var table = Read("age,hours-per-week,income\n1,2,3\n");

        Assert.Contains($"no column '{wrong}'; did you mean '{right}'?", Assert.Throws<CommandException>(() => table.IndexOf(wrong)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IndexOf_NothingLikeAColumn_OffersNone() =>
        Assert.EndsWith("no column 'zebra'", Assert.Throws<CommandException>(() => Read("age,income\n1,2\n").IndexOf("zebra")).Message, StringComparison.Ordinal);

    private Table Read(string text)
    {
        File.WriteAllText(_file, text);
        return Table.Read(_file);
    }
}
