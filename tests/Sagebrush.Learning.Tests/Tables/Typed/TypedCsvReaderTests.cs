using System.Globalization;
using System.IO.Compression;
using System.Text;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.Typed;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.Tables.Typed;

public sealed class TypedCsvReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a,b\n1,x y\n,z\n")]
    [InlineData("\uFEFFa;b\r\n1;x y\r\n;z")]
    [InlineData("a\tb\n\n1\t\"x y\"\n\n?\tz\n")]
    [InlineData("\"a\"|\"b\"\n\"1\"| x y \nNA| z ")]
    public void Read_WaysToWriteATable_GiveTheSame(string text)
    {
        var table = Read(text);

        Assert.Equal(["a", "b"], table.Columns.Select(column => column.Name));
        Assert.Equal([1, double.NaN], table.Columns[0].Numbers.ToArray());
        Assert.Equal(["x y", "z"], Texts(table, 1));
    }

    [Fact]
    public void Read_QuotedCells_KeepSeparatorsLineEndsAndQuotes()
    {
        var table = Read("name,n\n\"Doe, \"\"J\"\"\",1\n\"two\nlines\",2\n5\" pipe,3\n\"\",4\n");

        Assert.Equal(["Doe, \"J\"", "two\nlines", "5\" pipe", null], Texts(table, 0));
        Assert.Equal([1, 2, 3, 4], table.Columns[1].Numbers.ToArray());
    }

    [Fact]
    public void Read_FirstTextFarDown_MakesTheWholeColumnTextsAsTheyWereWritten()
    {
        var text = new StringBuilder("code,n\n");
        for (var i = 0; i < 900_000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"0{i % 10},{i}\n");
        }

        text.Append("x,-1\n");
        var table = Read(text.ToString());

        Assert.True(table.Columns[0].IsText);
        Assert.Equal(900_001, table.RowCount);
        Assert.Equal("03", table.Columns[0].Text(3));
        Assert.Equal("x", table.Columns[0].Text(900_000));
        Assert.Equal(11, table.Columns[0].Values.Count);
        Assert.Equal(899_999, table.Columns[1].Numbers[899_999]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void Read_LineEndsInQuotesAtAnyPlace_AgreesWithASimpleReader(int threads)
    {
        // Cells of many lengths over several parts, so that the cuts between parts meet quotes and line ends everywhere.
        var random = new Random(3);
        var text = new StringBuilder("a,b,c\n");
        List<(string, string, string)> rows = [];
        for (var i = 0; i < 60_000; i++)
        {
            var row = (Cell(random), random.Next(1000).ToString(CultureInfo.InvariantCulture), Cell(random));
            rows.Add(row);
            text.Append(Quote(row.Item1)).Append(',').Append(row.Item2).Append(',').Append(Quote(row.Item3)).Append('\n');
        }

        var table = TypedCsvReader.Read(Encoding.UTF8.GetBytes(text.ToString()), "t.csv", new() { Threads = threads, TextColumns = new HashSet<int> { 1 } }, TestContext.Current.CancellationToken);

        Assert.Equal(rows.Count, table.RowCount);
        for (var i = 0; i < rows.Count; i++)
        {
            Assert.Equal(rows[i], (table.Columns[0].Text(i)!, table.Columns[1].Text(i)!, table.Columns[2].Text(i)!));
        }
    }

    [Fact]
    public void Read_RaggedRow_NamesFileAndLine()
    {
        var exception = Assert.Throws<TableFormatException>(() => Read("a,b\n1,2\n\"x\ny\",2\n1,2,3\n"));

        Assert.Equal(("t.csv", 5L), (exception.File, exception.Row));
        Assert.Contains("expected 2 columns, found 3", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_QuoteThatNeverEnds_IsSaidSo() =>
        Assert.Contains("never ends", Assert.Throws<TableFormatException>(() => Read("a,b\n1,\"2\n3,4\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_UnnamedAndDuplicateColumns_GetNamesOfTheirOwn() =>
        Assert.Equal(["column_1", "a", "a.1", "a.2", "b"], Read(",a,a,a,b\n1,2,3,4,5\n").Columns.Select(column => column.Name));

    [Fact]
    public void Read_PackedFiles_AreOneTable()
    {
        foreach (var name in new[] { "1.csv.gz", "2.csv.gz" })
        {
            using var packed = new GZipStream(File.Create(_folder[name]), CompressionLevel.Fastest);
            packed.Write("a,b\n1,x\n2,y\n"u8);
        }

        var table = TypedTableReader.Read([_folder["1.csv.gz"], _folder["2.csv.gz"]], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 1, 2], table.Columns[0].Numbers.ToArray());
        Assert.Equal(["x", "y", "x", "y"], Texts(table, 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    public void Read_NothingThere_IsSaidSo(string text) => Assert.Throws<TableFormatException>(() => Read(text));

    private static TypedTable Read(string text) =>
        TypedCsvReader.Read(Encoding.UTF8.GetBytes(text), "t.csv", cancellationToken: TestContext.Current.CancellationToken);

    private static IEnumerable<string?> Texts(TypedTable table, int column) => Enumerable.Range(0, table.RowCount).Select(table.Columns[column].Text);

    private static string Cell(Random random) =>
        "c" + string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => "ab,\"\n é"[random.Next(7)])) + "d";

    private static string Quote(string cell) => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
