using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.Conversion;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.Tables.Conversion;

public sealed class TableConverterTests : IDisposable
{
    private const string Csv = "1,0.1,0,-3\n0,2.5,1e+20,7\n1,0,0,0.3333333333333333\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Convert_CsvThroughEveryFormat_ComesBackAsItWas()
    {
        File.WriteAllText(_folder["a.csv"], Csv);

        Convert("a.csv", "a.parquet");
        Convert("a.parquet", "a.npy");
        Convert("a.npy", "a.rec", new ConversionOptions { WritesDoubles = true });
        Convert("a.rec", "b.npy");
        Convert("b.npy", "b.csv");
        Convert("b.csv", "c.parquet");
        Convert("c.parquet", "c.csv");

        Assert.Equal(Rows(Csv), Rows(File.ReadAllText(_folder["b.csv"])));
        Assert.Equal(Rows(Csv), Rows(File.ReadAllText(_folder["c.csv"])));
        Assert.Equal(File.ReadAllBytes(_folder["a.npy"]), File.ReadAllBytes(_folder["b.npy"]));
    }

    [Fact]
    public void Convert_ToNumPyAndLibsvm_IsReadByPython()
    {
        File.WriteAllText(_folder["a.csv"], Csv);
        Convert("a.csv", "a.npy");
        Convert("a.csv", "a.libsvm");
        Convert("a.libsvm", "b.rec");
        Convert("b.rec", "b.npy");

        var (exitCode, output, error) = PythonProgram.Run(
            """
            import sys, numpy as np
            from sklearn.datasets import load_svmlight_file
            a = np.load(sys.argv[1] + '/a.npy')
            x, y = load_svmlight_file(sys.argv[1] + '/a.libsvm')
            b = np.load(sys.argv[1] + '/b.npy')
            print(a.dtype, a.shape, float(a[0, 1]), x.toarray().tolist() == a[:, 1:].tolist(), y.tolist())
            print(b.dtype, np.allclose(a, b))
            np.save(sys.argv[1] + '/labels.npy', np.array([1, 2, 300], dtype='int32'))
            """,
            _folder.Path);

        Assert.SkipUnless(exitCode == 0 || !error.Contains("ModuleNotFoundError", StringComparison.Ordinal), "Python with scikit-learn is not installed.");
        Assert.Equal("float64 (3, 4) 0.1 True [1.0, 0.0, 1.0]\nfloat32 True\n", output);
        Convert("labels.npy", "labels.csv", new ConversionOptions { LabelCount = 0 });
        Assert.Equal("1\n2\n300\n", File.ReadAllText(_folder["labels.csv"]));
    }

    [Fact]
    public void Convert_LibsvmToRecordIo_StaysSparse()
    {
        File.WriteAllText(_folder["a.svm"], "1 1:0.5 1000:2\n0 7:1\n");
        Convert("a.svm", "a.rec");

        var table = Learning.Tables.RecordIO.RecordTableReader.Read([_folder["a.rec"]], TestContext.Current.CancellationToken);

        Assert.True(table.IsSparse);
        Assert.Equal(1000, table.ColumnCount);
        Assert.Equal([0, 999, 6], table.Indices!.Value.ToArray());
        Convert("a.rec", "b.svm");
        Assert.Equal("1 1:0.5 1000:2\n0 7:1\n", File.ReadAllText(_folder["b.svm"]));
    }

    [Fact]
    public void Convert_CsvWithTextToParquet_KeepsTheText()
    {
        File.WriteAllText(_folder["a.csv"], "name,size\nred,1\n\"dark, blue\",2\n");

        var result = Convert("a.csv", "a.parquet");
        Convert("a.parquet", "b.csv", new ConversionOptions { HasHeader = true });

        Assert.Equal(new ConversionResult(2, 1, 1), result);
        Assert.Equal("name,size\nred,1\n\"dark, blue\",2\n", File.ReadAllText(_folder["b.csv"]));
    }

    [Theory]
    [InlineData("a.csv", "name,size\nred,1\n", "b.npy", "The column 'name' has the type VARCHAR, which is not a number's.")]
    [InlineData("a.npy", "no array", "b.csv", "File 'a.npy', byte 0: it is not a NumPy file.")]
    [InlineData("a.rec", "no records", "b.csv", "File 'a.rec', byte 0: expected RecordIO's magic number 0xCED7230A, found 0x72206F6E.")]
    [InlineData("a.libsvm", "1 0:3\n", "b.csv", "Row 1 has the index 0, below the first one, 1.")]
    public void Convert_WrongInput_SaysWhereAndLeavesNothing(string from, string text, string to, string message)
    {
        File.WriteAllText(_folder[from], text);

        Assert.Equal(message, Assert.Throws<TableFormatException>(() => Convert(from, to)).Message);
        Assert.Equal([from], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    private static List<double> Rows(string csv) =>
        [.. csv.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture))];

    private ConversionResult Convert(string from, string to, ConversionOptions? options = null) => TableConverter.Convert(
        [_folder[from]], TableConverter.FormatOf(from)!.Value, _folder[to], TableConverter.FormatOf(to)!.Value, options ?? new(), TestContext.Current.CancellationToken);
}
