using System.Globalization;
using System.Text;
using Sagebrush.Learning.Tables.Typed;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.Tables.Typed;

public sealed class ColumnProfileTests
{
    [Fact]
    public void Of_ColumnsOfEveryType_FindsTheType()
    {
        var text = new StringBuilder("n,c,b,d,t,id,k,m,dirty,zero_one\n");
        for (var i = 0; i < 200; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i * 37 % 101 / 3.0},{"red blue green".Split(' ')[i % 3]},{(i % 2 == 0 ? "yes" : "no")},2024-0{(i % 9) + 1}-11,");
            text.Append(CultureInfo.InvariantCulture, $"this is review number {i},key{i},same,,{(i % 50 == 0 ? "oops" : (i * i % 17).ToString(CultureInfo.InvariantCulture))},{i % 2}\n");
        }

        var table = TypedCsvReader.Read(Encoding.UTF8.GetBytes(text.ToString()), "t.csv", cancellationToken: TestContext.Current.CancellationToken);
        var profiles = table.Columns.Select(ColumnProfile.Of).ToList();

        Assert.Equal(
            [
                ColumnType.Numeric, ColumnType.Categorical, ColumnType.Boolean, ColumnType.DateTime, ColumnType.Text, ColumnType.Identifier, ColumnType.Constant,
                ColumnType.Missing, ColumnType.Numeric, ColumnType.Boolean,
            ],
            profiles.Select(profile => profile.Type));
        Assert.Equal(4, profiles[8].Unreadable);
        Assert.Equal(200, profiles[7].Missing);
    }

    [Theory]
    [InlineData("adult.csv", 32_561, "age:Numeric workclass:Categorical sex:Categorical")]
    [InlineData("customer-churn.csv", 5_000, "Phone:Identifier Int'l Plan:Boolean Churn?:Boolean State:Categorical")]
    [InlineData("california-housing.csv", 20_640, "longitude:Numeric total_bedrooms:Numeric ocean_proximity:Categorical")]
    public void Of_RealTables_FindsTheTypes(string file, int rows, string expected)
    {
        if (Datasets.Find(file) is not { } path)
        {
            Assert.Skip("the data set is not here");
            return;
        }

        var table = TypedTableReader.Read([path], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(rows, table.RowCount);
        foreach (var column in expected.Replace("l Plan", "l_Plan", StringComparison.Ordinal).Split(' ').Select(part => part.Replace("l_Plan", "l Plan", StringComparison.Ordinal).Split(':')))
        {
            Assert.Equal(Enum.Parse<ColumnType>(column[1]), ColumnProfile.Of(table.Columns[table.IndexOf(column[0])]).Type);
        }
    }

    [Fact]
    public void Read_ParquetAndJsonLinesOfATable_GiveTheTableOfItsCsv()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["t.csv"], "n,s,d\n1.5,x,2024-01-02 03:04:05\n,y,2024-01-03 00:00:00\n3,,\n");
        using (var session = Sagebrush.Learning.Tables.DuckDb.DuckDbSession.Open())
        {
            session.Execute($"COPY (FROM read_csv('{folder["t.csv"]}')) TO '{folder["t.parquet"]}' (FORMAT parquet)");
        }

        File.WriteAllText(folder["t.jsonl"], "{\"n\":1.5,\"s\":\"x\",\"d\":\"2024-01-02 03:04:05\"}\n{\"n\":null,\"s\":\"y\",\"d\":\"2024-01-03 00:00:00\"}\n{\"n\":3}\n");
        foreach (var name in new[] { "t.csv", "t.parquet", "t.jsonl" })
        {
            var table = TypedTableReader.Read([folder[name]], cancellationToken: TestContext.Current.CancellationToken);

            Assert.Equal(["n", "s", "d"], table.Columns.Select(column => column.Name));
            Assert.Equal([1.5, double.NaN, 3], table.Columns[0].Numbers.ToArray());
            Assert.Equal(["x", "y", null], Enumerable.Range(0, 3).Select(table.Columns[1].Text));
            Assert.Equal(["2024-01-02 03:04:05", "2024-01-03 00:00:00", null], Enumerable.Range(0, 3).Select(table.Columns[2].Text));
        }
    }
}
