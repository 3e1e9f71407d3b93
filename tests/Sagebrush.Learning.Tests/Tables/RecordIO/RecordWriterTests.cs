using Sagebrush.Learning.Tables.RecordIO;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.Tables.RecordIO;

public sealed class RecordWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_EveryKindOfRow_IsByteForByteWhatPythonWrites()
    {
        var path = _folder["table.rec"];
        using (var file = File.Create(path))
        using (var writer = new RecordWriter(file))
        {
            writer.Write(TensorValues.Of([1.5f, -2f, 3e-5f]), TensorValues.Of([1f]));
            writer.Write(TensorValues.Of([0.1, 1e300]), TensorValues.Of([3.0, 4.0]));
            writer.Write(TensorValues.Of([1, -1, 300]), TensorValues.Of([-7]));
            writer.WriteSparse(TensorValues.Of([0.5f, 0.25f]), [3, 70_000], 100_000, TensorValues.Of([2]));
            writer.WriteSparse(TensorValues.Of([0.125]), [127], 128);
            writer.WriteSparse(TensorValues.Of(ReadOnlySpan<float>.Empty), [], 10, TensorValues.Of([0f]));
            writer.Write(TensorValues.Of(new float[100]), default, new RecordText("id-1", "{\"näme\": 1}", "{}"));
        }

        var answer = RecordSchema.Run(
            """
            out = b""
            def add(kind, values, label=None, keys=None, shape=None, **text):
                global out
                r = Record(**text)
                t = getattr(r.features["values"], kind + "_tensor")
                t.values.extend(values)
                if keys is not None: t.keys.extend(keys)
                if shape is not None: t.shape.extend([shape])
                if label: getattr(r.label["values"], label[0] + "_tensor").values.extend(label[1])
                out += frame(r.SerializeToString())
            add("float32", [1.5, -2, 3e-5], ("float32", [1]))
            add("float64", [0.1, 1e300], ("float64", [3, 4]))
            add("int32", [1, -1, 300], ("int32", [-7]))
            add("float32", [0.5, 0.25], ("int32", [2]), [3, 70000], 100000)
            add("float64", [0.125], None, [127], 128)
            add("float32", [], ("float32", [0]), [], 10)
            add("float32", [0] * 100, uid="id-1", metadata='{"n\u00e4me": 1}', configuration="{}")
            ours = open(sys.argv[1], "rb").read()
            print("same" if ours == out else next(i for i in range(len(out)) if ours[i:i+1] != out[i:i+1]))
            """,
            path);

        Assert.Equal("same", answer.Trim());
    }

    [Fact]
    public void WriteSparse_KeysUnlikeValues_IsRefused()
    {
        using var writer = new RecordWriter(Stream.Null);

        Assert.Throws<ArgumentException>(() => writer.WriteSparse(TensorValues.Of([1f]), [1, 2], 3));
    }
}
