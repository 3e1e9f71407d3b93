using System.Runtime.InteropServices;

namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>A NumPy array: labels first, then features.</summary>
internal sealed class NpySink(string path, bool isDouble) : ITableSink
{
    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 18);
    private double[] _row = [];
    private float[] _single = [];
    private long _rows;

    public void Write(TableRow row)
    {
        if (_rows++ == 0)
        {
            _row = new double[row.Labels.Length + row.Width];
            _single = new float[isDouble ? 0 : _row.Length];
            _file.Write(Header.ToBytes());
        }

        row.Labels.CopyTo(_row);
        row.CopyDense(_row.AsSpan(row.Labels.Length));
        if (isDouble)
        {
            _file.Write(MemoryMarshal.AsBytes(_row.AsSpan()));
            return;
        }

        for (var i = 0; i < _row.Length; i++)
        {
            _single[i] = (float)_row[i];
        }

        _file.Write(MemoryMarshal.AsBytes(_single.AsSpan()));
    }

    public void Finish()
    {
        _file.Position = 0;
        _file.Write(Header.ToBytes());
    }

    public void Dispose() => _file.Dispose();

    private NpyHeader Header => new(isDouble ? "f8" : "f4", _rows, _row.Length);
}
