using System.Globalization;
using System.Text;

namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>CSV with the labels first, or libsvm.</summary>
/// <param name="path">The file.</param>
/// <param name="format">Which of them.</param>
/// <param name="isDouble">Whether values have 64 bits: those of 32 are written as short as they are.</param>
/// <param name="firstIndex">libsvm's index of the first column.</param>
internal sealed class TextSink(string path, TableFormat format, bool isDouble, int firstIndex) : ITableSink
{
    private const int LongestNumber = 32;

    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
    private readonly byte[] _buffer = new byte[1 << 18];
    private double[] _dense = [];
    private int _count;

    public void Write(TableRow row)
    {
        if (format == TableFormat.Libsvm)
        {
            WriteLibsvm(row);
        }
        else
        {
            WriteCsv(row);
        }

        Byte((byte)'\n');
    }

    public void Finish() => _file.Write(_buffer.AsSpan(0, _count));

    public void Dispose() => _file.Dispose();

    private void WriteCsv(TableRow row)
    {
        Array.Resize(ref _dense, Math.Max(_dense.Length, (int)row.Width));
        var values = _dense.AsSpan(0, (int)row.Width);
        row.CopyDense(values);
        for (var i = 0; i < row.Labels.Length + values.Length; i++)
        {
            if (i > 0)
            {
                Byte((byte)',');
            }

            // An empty cell is a missing value.
            var value = i < row.Labels.Length ? row.Labels[i] : values[i - row.Labels.Length];
            if (!double.IsNaN(value))
            {
                Number(value);
            }
        }
    }

    private void WriteLibsvm(TableRow row)
    {
        if (row.Labels.Length > 1)
        {
            throw new TableFormatException($"libsvm has one label in each row, not {row.Labels.Length}.");
        }

        Number(row.Labels.IsEmpty ? 0 : row.Labels[0]);
        for (var i = 0; i < row.Values.Length; i++)
        {
            if (row.Values[i] != 0)
            {
                Byte((byte)' ');
                Number((row.IsSparse ? row.Keys[i] : i) + firstIndex);
                Byte((byte)':');
                Number(row.Values[i]);
            }
        }
    }

    private void Number(double value)
    {
        Reserve(LongestNumber);
        int length;
        if (double.IsNaN(value))
        {
            length = Encoding.ASCII.GetBytes("nan", _buffer.AsSpan(_count));
        }
        else if (isDouble || value != (float)value)
        {
            value.TryFormat(_buffer.AsSpan(_count), out length, default, CultureInfo.InvariantCulture);
        }
        else
        {
            ((float)value).TryFormat(_buffer.AsSpan(_count), out length, default, CultureInfo.InvariantCulture);
        }

        _count += length;
    }

    private void Byte(byte value)
    {
        Reserve(1);
        _buffer[_count++] = value;
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _count < count)
        {
            _file.Write(_buffer.AsSpan(0, _count));
            _count = 0;
        }
    }
}
