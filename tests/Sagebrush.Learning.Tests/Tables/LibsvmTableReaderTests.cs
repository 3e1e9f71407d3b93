using System.Globalization;
using System.Text;
using Sagebrush.Learning.Tables;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.Tables;

public sealed class LibsvmTableReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Rows_KeepsIndicesAsWritten()
    {
        var table = Read("1 1:0.5 4:-2\n\n0\t2:1e3\t# comment 9:9\r\n-1\n");

        Assert.Equal([1f, 0f, -1f], table.Labels);
        Assert.Equal([0L, 2, 3, 3], table.RowStarts);
        Assert.Equal([1, 4, 2], table.Indices);
        Assert.Equal([0.5f, -2f, 1000f], table.Values);
        Assert.Equal(5, table.ColumnCount);
        Assert.Null(table.Weights);
        Assert.Null(table.GroupSizes);
    }

    [Fact]
    public void Read_WeightsAndGroups_AreKept()
    {
        var table = Read("1:0.5 qid:1 0:1\n0 qid:1 0:2\n1:2 qid:7 0:3\n");

        Assert.Equal([0.5f, 1f, 2f], table.Weights!);
        Assert.Equal([2u, 1u], table.GroupSizes!);
    }

    [Theory]
    [InlineData("1 1:2\nx 1:2\n", "row 2: 'x' is not a label; expected 'label' or 'label:weight'.")]
    [InlineData("1 1:2 3\n", "row 1: '3' is not of the form index:value.")]
    [InlineData("1 a:2\n", "row 1: 'a:2' is not of the form index:value.")]
    [InlineData("1 -1:2\n", "row 1: '-1:2' is not of the form index:value.")]
    [InlineData("1 1.5:2\n", "row 1: '1.5:2' is not of the form index:value.")]
    [InlineData("1 99999999999:2\n", "row 1: '99999999999:2' is not of the form index:value.")]
    [InlineData("1,2,3\n", "row 1: '1,2,3' is not a label; expected 'label' or 'label:weight'.")]
    public void Read_WrongRow_SaysWhere(string text, string message)
    {
        var error = Assert.Throws<TableFormatException>(() => Read(text));

        Assert.Equal("File 'table.libsvm', " + message, error.Message);
    }

    [Fact]
    public void Read_ManySections_KeepsOrder()
    {
        const int Rows = 200_000;
        var text = new StringBuilder();
        for (var i = 0; i < Rows; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i % 3} {i % 7}:{i} {10 + (i % 5)}:0.125\n");
        }

        var table = Read(text.ToString());

        Assert.Equal(Rows, table.RowCount);
        for (var i = 0; i < Rows; i++)
        {
            Assert.Equal((i % 3, 2L * i, i % 7, (float)i), ((int)table.Labels[i], table.RowStarts[i], table.Indices[2 * i], table.Values[2 * i]));
        }
    }

    private SparseTable Read(string text)
    {
        File.WriteAllText(_folder["table.libsvm"], text);
        return LibsvmTableReader.Read([_folder["table.libsvm"]], TestContext.Current.CancellationToken);
    }
}
