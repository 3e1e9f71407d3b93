using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.RecordIO;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.Tables.RecordIO;

public sealed class RecordTableReaderTests : IDisposable
{
    private const string WriteRows = """
        with open(sys.argv[1], "wb") as f:
            for i in range(3):
                r = Record(uid=f"row {i}", metadata="m")
                t = getattr(r.features["values"], sys.argv[2] + "_tensor")
                t.values.extend([i, -i, 2 * i + 1])
                if sys.argv[3] == "sparse":
                    t.keys.extend([0, 5, 200 + i]); t.shape.extend([1000])
                r.label["values"].int32_tensor.values.extend([i, -1])
                f.write(frame(r.SerializeToString()))
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("float32", "packed")]
    [InlineData("float64", "packed")]
    [InlineData("int32", "packed")]
    [InlineData("float32", "unpacked")]
    [InlineData("int32", "unpacked")]
    public void Read_DenseRowsOfPython_HoldsTheirValues(string kind, string packing)
    {
        var path = _folder["table.rec"];
        RecordSchema.Run(WriteRows, path, kind, "dense", packing);

        var table = RecordTableReader.Read([path, path], TestContext.Current.CancellationToken);

        Assert.False(table.IsSparse);
        Assert.Equal((6, 3, 2), (table.RowCount, table.ColumnCount, table.LabelCount));
        Assert.Equal([0, 0, 1, 1, -1, 3, 2, -2, 5], table.Values.Span[..9].ToArray());
        Assert.Equal([0, -1, 1, -1, 2, -1], table.Labels.Span[..6].ToArray());
        Assert.Equal(table.Values.Span[..9], table.Values.Span[9..]);
    }

    [Theory]
    [InlineData("float32", "packed")]
    [InlineData("float64", "unpacked")]
    public void Read_SparseRowsOfPython_HoldsTheirPlaces(string kind, string packing)
    {
        var path = _folder["table.rec"];
        RecordSchema.Run(WriteRows, path, kind, "sparse", packing);

        var table = RecordTableReader.Read([path], TestContext.Current.CancellationToken);

        Assert.True(table.IsSparse);
        Assert.Equal((3, 1000), (table.RowCount, table.ColumnCount));
        Assert.Equal([0, 3, 6, 9], table.RowStarts!.Value.ToArray());
        Assert.Equal([0, 5, 200, 0, 5, 201, 0, 5, 202], table.Indices!.Value.ToArray());
        Assert.Equal([2, -2, 5], table.Values.Span[6..].ToArray());
    }

    [Fact]
    public void ReadBatch_Stream_GivesRowsInPortions()
    {
        using var records = new RecordIoReader(new MemoryStream(Rows(10, row => [row, row * 2f])), "pipe", bufferSize: 64);

        var sizes = new List<int>();
        while (RecordTableReader.ReadBatch(records, 4, TestContext.Current.CancellationToken) is { } batch)
        {
            sizes.Add(batch.RowCount);
        }

        Assert.Equal([4, 4, 2], sizes);
    }

    [Fact]
    public void Read_WrongRecords_NamesRecordAndByte()
    {
        Assert.Equal("File 'table.rec', byte 0: expected RecordIO's magic number 0xCED7230A, found 0x312C3120.", Wrong(" 1,1,2\n\n"u8.ToArray()));
        var rows = Rows(3, row => [row]);
        var each = rows.Length / 3;
        Assert.Equal($"File 'table.rec', byte {2 * each}: a record of {each - 8} bytes begins here, but the stream ends after {each - 13} of them.", Wrong(rows[..^5]));
        Assert.Equal($"File 'table.rec', byte {3 * each}: the stream ends 3 bytes into a record's header.", Wrong([.. rows, 10, 0x23, 0xd7]));
        Assert.Equal($"File 'table.rec', byte {each}: record 2: it has 2 features, and those before it 1.", Wrong(Rows(2, row => row == 0 ? [1] : [1, 2])));
        Assert.Equal("File 'table.rec', byte 0: record 1: its key 7 is not less than 5.", Wrong(Written(writer => writer.WriteSparse(TensorValues.Of([1f]), [7], 5))));
        Assert.Equal(
            $"File 'table.rec', byte {each}: record 2: it is sparse, and those before it dense.",
            Wrong([.. Rows(1, row => [row]), .. Written(writer => writer.WriteSparse(TensorValues.Of([1f]), [0], 5))]));
        Assert.Equal("File 'table.rec', byte 0: record 1: it has no feature named 'values'.", Wrong([0x0A, 0x23, 0xD7, 0xCE, 0, 0, 0, 0]));
        Assert.Equal(
            "File 'table.rec', byte 0: record 1: it is not a protobuf message: a field does not end within it.",
            Wrong([0x0A, 0x23, 0xD7, 0xCE, 4, 0, 0, 0, 0x0A, 0x70, 1, 2]));
    }

    [Fact]
    public void Read_AnyGarbage_IsRefusedOrRead()
    {
        var sound = (byte[])[.. Rows(5, row => [row, 2]), .. Written(writer => writer.WriteSparse(TensorValues.Of([1f, 2f]), [7, 300], 500, TensorValues.Of([1])))];
        var random = new Random(4);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = sound.ToArray();
            for (var hits = random.Next(1, 4); hits > 0; hits--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            using var records = new RecordIoReader(new MemoryStream(bytes, 0, random.Next(bytes.Length + 1)), "garbage", bufferSize: 64);
            try
            {
                RecordTableReader.ReadBatch(records, 100, TestContext.Current.CancellationToken);
            }
            catch (TableFormatException e)
            {
                Assert.NotNull(e.Offset);
            }
        }
    }

    [Fact]
    public void TryRead_RecordInParts_IsPutTogether()
    {
        byte[] magic = [0x0A, 0x23, 0xD7, 0xCE];
        byte[] frames = [.. magic, 4, 0, 0, 0x20, 1, 2, 3, 4, .. magic, 0, 0, 0, 0x40, .. magic, 1, 0, 0, 0x60, 9, 0, 0, 0, .. magic, 1, 0, 0, 0, 5, 0, 0, 0];
        using var records = new RecordIoReader(new MemoryStream(frames), "parts");

        Assert.True(records.TryRead(out var record));
        Assert.Equal([1, 2, 3, 4, .. magic, .. magic, 9], record.ToArray());
        Assert.True(records.TryRead(out record));
        Assert.Equal([5], record.ToArray());
        Assert.False(records.TryRead(out _));
    }

    private static byte[] Rows(int count, Func<int, float[]> row) => Written(writer =>
    {
        for (var i = 0; i < count; i++)
        {
            writer.Write(TensorValues.Of(row(i)), TensorValues.Of([(float)i]));
        }
    });

    private static byte[] Written(Action<RecordWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new RecordWriter(bytes))
        {
            write(writer);
        }

        return bytes.ToArray();
    }

    private string Wrong(byte[] bytes)
    {
        var path = _folder["table.rec"];
        File.WriteAllBytes(path, bytes);
        return Assert.Throws<TableFormatException>(() => RecordTableReader.Read([path], TestContext.Current.CancellationToken)).Message;
    }
}
