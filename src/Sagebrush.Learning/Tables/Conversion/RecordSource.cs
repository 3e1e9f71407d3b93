using Sagebrush.Learning.Tables.RecordIO;

namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>Rows of RecordIO-protobuf.</summary>
internal sealed class RecordSource(IReadOnlyList<string> paths) : ITableSource
{
    private RecordIoReader? _records;
    private int _next;
    private bool? _isDouble;

    public IReadOnlyList<string> Header => [];

    // As the first record is.
    public bool IsDouble
    {
        get
        {
            if (_isDouble is null)
            {
                using var records = RecordIoReader.Open(paths[0]);
                _isDouble = records.TryRead(out var first) && Parse(records, first).Features.Kind == TensorKind.Float64;
            }

            return _isDouble.Value;
        }
    }

    public bool Read(TableRow row)
    {
        while (true)
        {
            if (_records is not null && _records.TryRead(out var bytes))
            {
                Fill(row, bytes);
                return true;
            }

            _records?.Dispose();
            if (_next == paths.Count)
            {
                _records = null;
                return false;
            }

            _records = RecordIoReader.Open(paths[_next++]);
        }
    }

    public void Dispose() => _records?.Dispose();

    private static RecordView Parse(RecordIoReader records, ReadOnlySpan<byte> bytes)
    {
        try
        {
            var record = new RecordView(bytes);
            return record.HasFeatures ? record : throw new FormatException("it has no feature named 'values'.");
        }
        catch (FormatException exception)
        {
            throw records.Error(exception.Message);
        }
    }

    private void Fill(TableRow row, ReadOnlySpan<byte> bytes)
    {
        var record = Parse(_records!, bytes);
        try
        {
            var features = record.Features;
            if (features.IsSparse)
            {
                var width = features.Width;
                features.CopyValues(row.SetSparse(features.Count, width, out var keys));
                features.CopyKeys(keys, (int)Math.Clamp(width, 0, int.MaxValue));
            }
            else
            {
                features.CopyValues(row.SetDense(features.Count));
            }

            var label = record.Label;
            label.CopyValues(row.SetLabels(label.Count));
        }
        catch (FormatException exception)
        {
            throw _records!.Error(exception.Message);
        }
    }
}
