using System.Globalization;
using System.Text;
using Sagebrush.Learning.Tables;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.Tables;

public sealed class CsvTableReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1,2\n3,4\n")]
    [InlineData("1,2\n3,4")]
    [InlineData("1,2\r\n3,4\r\n")]
    [InlineData("\n1,2\n\n\n3,4\n\n")]
    [InlineData("\uFEFF1,2\n3,4\n")]
    [InlineData(" 1 , 2 \n\"3\",\"4\"\n")]
    [InlineData("1\t2\n3\t4\n")]
    [InlineData("1;2\r\n3;4")]
    [InlineData("1|2\n3|4")]
    [InlineData("1 2\n3 4")]
    [InlineData("+1e0,0.2e1\n3.000,4")]
    public void Read_WaysToWriteATable_GiveTheSame(string text)
    {
        var table = Read(text);

        Assert.Equal((2, 2), (table.RowCount, table.ColumnCount));
        Assert.Equal([1f, 2f, 3f, 4f], table.Values.ToArray());
    }

    [Fact]
    public void Read_EmptyCellsAndNan_AreMissing()
    {
        var table = Read("1,,3\n,NaN,\n\"\",2,4");

        Assert.Equal([1, float.NaN, 3, float.NaN, float.NaN, float.NaN, float.NaN, 2, 4], table.Values.ToArray());
    }

    [Fact]
    public void Read_Header_NamesTheColumns()
    {
        var table = Read("age,\"net, income\"\n1,2\n3,4\n", new() { HasHeader = true });

        Assert.Equal(["age", "net, income"], table.Header);
        Assert.Equal([2f, 4f], table.Column(1));
        Assert.Equal([3f, 4f], table.Row(1).ToArray());
    }

    [Theory]
    [InlineData("1,2,3\n4,5\n", 2, 0, "File 'table.csv', row 2: expected 3 columns, found 2.")]
    [InlineData("1,2\n\n4,5,6\n", 3, 0, "File 'table.csv', row 3: expected 2 columns, found 3.")]
    [InlineData("age,income\n4,5\n", 1, 1, "File 'table.csv', row 1, column 1: 'age' is not a number.")]
    [InlineData("1,2\n3,\" 4x\"\n", 2, 2, "File 'table.csv', row 2, column 2: '4x' is not a number.")]
    public void Read_WrongTable_NamesFileRowAndColumn(string text, long row, int column, string message)
    {
        var error = Assert.Throws<TableFormatException>(() => Read(text));

        Assert.Equal(message, error.Message);
        Assert.Equal((row, column), (error.Row, error.Column));
    }

    [Fact]
    public void Read_SeveralFiles_AreJoinedInOrder()
    {
        File.WriteAllText(_folder["a.csv"], "1,2\n");
        File.WriteAllText(_folder["b.csv"], "");
        File.WriteAllText(_folder["c.csv"], "3,4");

        var table = CsvTableReader.Read([_folder["a.csv"], _folder["b.csv"], _folder["c.csv"]], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([1f, 2f, 3f, 4f], table.Values.ToArray());
    }

    [Fact]
    public void Read_NothingButBlankLines_IsAnEmptyTable()
    {
        Assert.Equal(0, Read("\n\n \n").RowCount);
        Assert.Equal(0, Read("").RowCount);
    }

    [Fact]
    public void Read_ManySections_KeepsOrderAndCountsLines()
    {
        // Large enough for several parts per section and for a section that ends within a row.
        const int Rows = 500_000;
        var text = new StringBuilder(Rows * 48);
        var random = new Random(5);
        for (var i = 0; i < Rows; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},{random.NextDouble():R},{random.Next(1000) / 8.0:R},\n");
            if (i % 1000 == 17)
            {
                text.Append('\n');
            }
        }

        var table = Read(text.ToString());

        random = new Random(5);
        Assert.Equal((Rows, 4), (table.RowCount, table.ColumnCount));
        for (var i = 0; i < Rows; i++)
        {
            var row = table.Row(i);
            if (row[0] != i || row[1] != (float)random.NextDouble() || row[2] != random.Next(1000) / 8f || !float.IsNaN(row[3]))
            {
                Assert.Fail($"Row {i} is {string.Join(' ', row.ToArray())}.");
            }
        }

        text.Append("1,2,three,4\n");
        var error = Assert.Throws<TableFormatException>(() => Read(text.ToString()));
        Assert.Equal((Rows + 500 + 1, 3), (error.Row, error.Column));
    }

    private DenseTable Read(string text, CsvFormat? format = null)
    {
        File.WriteAllText(_folder["table.csv"], text, new UTF8Encoding(false));
        return CsvTableReader.Read([_folder["table.csv"]], format);
    }
}
