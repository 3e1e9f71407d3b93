using Sagebrush.Learning.Tables.RecordIO;

namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>RecordIO-protobuf; labels are of the values' kind.</summary>
internal sealed class RecordSink : ITableSink
{
    private readonly FileStream _file;
    private readonly RecordWriter _writer;
    private readonly ConversionOptions _options;
    private double[] _values = [];
    private int[] _keys = [];
    private float[] _singles = [];

    public RecordSink(string path, ConversionOptions options)
    {
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        _writer = new RecordWriter(_file);
        _options = options;
    }

    public void Write(TableRow row)
    {
        var sparse = _options.WritesSparse ?? row.IsSparse;
        var values = sparse ? Sparse(row) : Dense(row);
        Array.Resize(ref _singles, Math.Max(_singles.Length, values.Length + row.Labels.Length));
        var label = row.Labels.IsEmpty ? default : Of(row.Labels, _singles.AsSpan(values.Length));
        if (sparse)
        {
            _writer.WriteSparse(Of(values, _singles), _keys.AsSpan(0, values.Length), row.Width, label);
        }
        else
        {
            _writer.Write(Of(values, _singles), label);
        }
    }

    public void Finish() => _writer.Flush();

    public void Dispose() => _file.Dispose();

    private ReadOnlySpan<double> Dense(TableRow row)
    {
        Array.Resize(ref _values, Math.Max(_values.Length, (int)row.Width));
        row.CopyDense(_values.AsSpan(0, (int)row.Width));
        return _values.AsSpan(0, (int)row.Width);
    }

    private ReadOnlySpan<double> Sparse(TableRow row)
    {
        Array.Resize(ref _values, Math.Max(_values.Length, row.Values.Length));
        Array.Resize(ref _keys, _values.Length);
        var count = 0;
        for (var i = 0; i < row.Values.Length; i++)
        {
            if (row.Values[i] != 0)
            {
                _values[count] = row.Values[i];
                _keys[count++] = row.IsSparse ? row.Keys[i] : i;
            }
        }

        return _values.AsSpan(0, count);
    }

    private TensorValues Of(ReadOnlySpan<double> values, Span<float> room)
    {
        if (_options.WritesDoubles)
        {
            return TensorValues.Of(values);
        }

        for (var i = 0; i < values.Length; i++)
        {
            room[i] = (float)values[i];
        }

        return TensorValues.Of(room[..values.Length]);
    }
}
