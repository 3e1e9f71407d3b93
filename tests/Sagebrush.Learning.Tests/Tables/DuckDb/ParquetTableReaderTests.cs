using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.DuckDb;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.Tables.DuckDb;

public sealed class ParquetTableReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_ManyRowsOfManyTypes_HoldsThemInOrder()
    {
        var first = Write("a'[1].parquet", "SELECT i::BIGINT AS y, (i / 2)::DECIMAL(9,1) AS \"x \"\"1\"\"\", CASE WHEN i % 3 = 0 THEN NULL ELSE i::DOUBLE END AS z FROM range(5000) t(i)");
        var second = Write("b.parquet", "SELECT -1::BIGINT AS y, 0::DECIMAL(9,1) AS \"x \"\"1\"\"\", 7::DOUBLE AS z");

        var table = ParquetTableReader.Read([first, second], TestContext.Current.CancellationToken);

        Assert.Equal(["y", "x \"1\"", "z"], table.Header);
        Assert.Equal((5001, 3), (table.RowCount, table.ColumnCount));
        for (var i = 0; i < 5000; i++)
        {
            Assert.Equal([i, i / 2f, i % 3 == 0 ? float.NaN : i], table.Row(i).ToArray());
        }

        Assert.Equal([-1, 0, 7], table.Row(5000).ToArray());
    }

    [Fact]
    public void Read_TextColumn_IsNamed()
    {
        var path = Write("t.parquet", "SELECT 1 AS y, 'red' AS colour");

        var error = Assert.Throws<TableFormatException>(() => ParquetTableReader.Read([path], TestContext.Current.CancellationToken));

        Assert.Equal("The Parquet column 'colour' has the type VARCHAR, which is not a number's.", error.Message);
    }

    [Fact]
    public void Read_OtherFile_IsRefused()
    {
        File.WriteAllText(_folder["x.parquet"], "1,2,3\n");

        Assert.Throws<TableFormatException>(() => ParquetTableReader.Read([_folder["x.parquet"]], TestContext.Current.CancellationToken));
    }

    private string Write(string name, string query)
    {
        using var session = DuckDbSession.Open();
        session.Execute($"COPY ({query}) TO {DuckDbSession.Text(_folder[name])} (FORMAT parquet)");
        return _folder[name];
    }
}
