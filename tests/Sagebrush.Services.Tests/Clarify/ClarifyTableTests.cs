using Sagebrush.Learning.Tables.DuckDb;
using Sagebrush.Services.Clarify;
using Sagebrush.Testing;

namespace Sagebrush.Services.Tests.Clarify;

public sealed class ClarifyTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Parquet_GivesItsColumnsAsTheyWouldStandInCsv()
    {
        var table = ClarifyTable.Read([Parquet("SELECT * FROM (VALUES (1, 0.5, 'red', true), (0, NULL, NULL, false)) t(target, x, color, flag)")], Configuration(null));

        Assert.Equal(["target", "x", "color", "flag"], table.Headers);
        Assert.Equal(["1", "0"], table.Columns[0]);
        Assert.Equal(["0.5", ""], table.Columns[1]);
        Assert.Equal(["red", ""], table.Columns[2]);
        Assert.Equal(["1", "0"], table.Columns[3]);
    }

    [Fact]
    public void Read_ParquetWithHeadersOfAnotherWidth_IsRefused()
    {
        var file = Parquet("SELECT 1 AS a, 2 AS b");

        Assert.Equal(["x", "y"], ClarifyTable.Read([file], Configuration(["x", "y"])).Headers);
        Assert.Contains("2 columns; there are 1 headers", Assert.Throws<ClarifyException>(() => ClarifyTable.Read([file], Configuration(["x"]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhatIsNoParquet_IsRefused()
    {
        var file = Path.Join(_folder.Path, "data.csv");
        File.WriteAllText(file, "a,b\n1,2\n");

        Assert.Contains("cannot be read as Parquet", Assert.Throws<ClarifyException>(() => ClarifyTable.Read([file], Configuration(null))).Message, StringComparison.Ordinal);
    }

    private string Parquet(string query)
    {
        var file = Path.Join(_folder.Path, "data.parquet");
        using var session = DuckDbSession.Open(threads: 1);
        session.Execute($"COPY ({query}) TO {DuckDbSession.Text(file)} (FORMAT parquet)");
        return file;
    }

    private static AnalysisConfiguration Configuration(IReadOnlyList<string>? headers) => new()
    {
        DatasetType = AnalysisConfiguration.Parquet,
        Headers = headers,
        Methods = new Dictionary<string, System.Text.Json.JsonElement>(),
        Root = default,
    };
}
