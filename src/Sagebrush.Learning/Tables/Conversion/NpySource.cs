using System.Runtime.InteropServices;

namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>Rows of NumPy arrays of one or two dimensions, in C's order.</summary>
internal sealed class NpySource : ITableSource
{
    private readonly IReadOnlyList<string> _paths;
    private readonly int _labels;
    private FileStream? _file;
    private NpyHeader _header;
    private byte[] _bytes = [];
    private long _row;
    private int _next;

    public NpySource(IReadOnlyList<string> paths, ConversionOptions options)
    {
        _paths = paths;
        Open();
        _labels = (int)Math.Min(options.LabelCount, _header.ColumnCount);
    }

    public bool IsDouble => _header.Type is "f8" or "i4" or "i8" or "u4" or "u8";

    public IReadOnlyList<string> Header => [];

    public bool Read(TableRow row)
    {
        while (_row == _header.RowCount)
        {
            if (_next == _paths.Count)
            {
                return false;
            }

            var columns = _header.ColumnCount;
            Open();
            if (_header.ColumnCount != columns)
            {
                throw new TableFormatException($"File '{Path.GetFileName(_paths[_next - 1])}' has {_header.ColumnCount} columns, those before it {columns}.");
            }
        }

        try
        {
            _file!.ReadExactly(_bytes);
        }
        catch (EndOfStreamException)
        {
            throw TableFormatException.AtOffset(Path.GetFileName(_file!.Name), _file.Length, $"the file ends within row {_row + 1} of {_header.RowCount}.");
        }

        var labels = row.SetLabels(_labels);
        var values = row.SetDense((int)_header.ColumnCount - _labels);
        for (var i = 0; i < _labels; i++)
        {
            labels[i] = Value(i);
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Value(_labels + i);
        }

        _row++;
        return true;
    }

    public void Dispose() => _file?.Dispose();

    private double Value(int column) => _header.Type switch
    {
        "f4" => MemoryMarshal.Cast<byte, float>(_bytes)[column],
        "f8" => MemoryMarshal.Cast<byte, double>(_bytes)[column],
        "i1" => (sbyte)_bytes[column],
        "i2" => MemoryMarshal.Cast<byte, short>(_bytes)[column],
        "i4" => MemoryMarshal.Cast<byte, int>(_bytes)[column],
        "i8" => MemoryMarshal.Cast<byte, long>(_bytes)[column],
        "u2" => MemoryMarshal.Cast<byte, ushort>(_bytes)[column],
        "u4" => MemoryMarshal.Cast<byte, uint>(_bytes)[column],
        "u8" => MemoryMarshal.Cast<byte, ulong>(_bytes)[column],
        _ => _bytes[column],
    };

    private void Open()
    {
        _file?.Dispose();
        _file = new FileStream(_paths[_next++], FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 18, FileOptions.SequentialScan);
        _header = NpyHeader.Read(_file);
        _bytes = new byte[_header.ColumnCount * _header.ItemSize];
        _row = 0;
    }
}
