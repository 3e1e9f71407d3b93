namespace Sagebrush.Learning.Tables.RecordIO;

/// <summary>Reads RecordIO-protobuf into tables of 32-bit values: whole files at once, or a stream in batches of rows.</summary>
public sealed class RecordTableReader
{
    private readonly Pool<float> _values = new();
    private readonly Pool<float> _labels = new();
    private readonly Pool<int> _indices = new();
    private readonly Pool<long> _rowStarts = new();
    private int _rows;
    private int _columns;
    private int _labelCount;
    private bool _sparse;

    private RecordTableReader()
    {
    }

    /// <summary>Reads files one after the other.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="cancellationToken">Stops the reading between records.</param>
    /// <exception cref="TableFormatException">A frame or a record is broken, or records do not fit each other; the message names the byte.</exception>
    public static RecordTable Read(IReadOnlyList<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var table = new RecordTableReader();
        var bytes = paths.Sum(path => new FileInfo(path).Length);
        foreach (var path in paths)
        {
            using var records = RecordIoReader.Open(path);
            table.Append(records, int.MaxValue, bytes, cancellationToken);
        }

        return table.Finish();
    }

    /// <summary>Reads the next rows of a stream; null at its end.</summary>
    /// <param name="records">The stream.</param>
    /// <param name="maxRows">How many rows at most.</param>
    /// <param name="cancellationToken">Stops the reading between records.</param>
    /// <exception cref="TableFormatException">As for <see cref="Read(IReadOnlyList{string}, CancellationToken)"/>.</exception>
    public static RecordTable? ReadBatch(RecordIoReader records, int maxRows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        var table = new RecordTableReader();
        table.Append(records, maxRows, 0, cancellationToken);
        return table._rows == 0 ? null : table.Finish();
    }

    private void Append(RecordIoReader records, int maxRows, long bytes, CancellationToken cancellationToken)
    {
        try
        {
            while (_rows < maxRows && records.TryRead(out var bytesOfRecord))
            {
                var record = new RecordView(bytesOfRecord);
                AddFeatures(record, maxRows, bytes, bytesOfRecord.Length);
                AddLabel(record);
                _rows++;
                if ((_rows & 0xFFFF) == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }
        catch (FormatException e)
        {
            throw records.Error(e.Message);
        }
    }

    private void AddFeatures(RecordView record, int maxRows, long bytes, int recordSize)
    {
        var features = record.HasFeatures ? record.Features : throw new FormatException("it has no feature named 'values'.");
        if (features.Kind is TensorKind.None or TensorKind.Bytes)
        {
            throw new FormatException("its feature 'values' has no numbers.");
        }

        var count = features.Count;
        if (_rows == 0)
        {
            _sparse = features.IsSparse;
            _columns = _sparse ? 0 : count;
            var rows = Math.Min(maxRows, (bytes / (RecordIoFormat.HeaderSize + RecordIoFormat.Padded(recordSize))) + 1);
            _values.Expect(rows * count);
            _labels.Expect(rows);
            if (_sparse)
            {
                _indices.Expect(rows * count);
                _rowStarts.Expect(rows + 1);
            }
        }

        if (features.IsSparse != _sparse)
        {
            throw new FormatException($"it is {(_sparse ? "dense, and those before it sparse" : "sparse, and those before it dense")}.");
        }

        if (!_sparse)
        {
            if (count != _columns)
            {
                throw new FormatException($"it has {count} features, and those before it {_columns}.");
            }

            features.CopyValues(_values.Add(count));
            return;
        }

        var width = features.Width;
        if (width > int.MaxValue)
        {
            throw new FormatException($"its width of {width} columns is more than can be held.");
        }

        _rowStarts.Add(1)[0] = _values.Count;
        features.CopyValues(_values.Add(count));
        var indices = _indices.Add(count);
        features.CopyKeys(indices, width == 0 ? int.MaxValue : (int)width);
        if (width == 0)
        {
            foreach (var index in indices)
            {
                width = Math.Max(width, index + 1L);
            }
        }

        _columns = Math.Max(_columns, (int)width);
    }

    private void AddLabel(RecordView record)
    {
        var label = record.HasLabel ? record.Label : default;
        var count = label.Count;
        if (_rows == 0)
        {
            _labelCount = count;
        }
        else if (count != _labelCount)
        {
            throw new FormatException($"it has {count} labels, and those before it {_labelCount}.");
        }

        label.CopyValues(_labels.Add(count));
    }

    private RecordTable Finish()
    {
        if (_sparse)
        {
            _rowStarts.Add(1)[0] = _values.Count;
        }

        return new()
        {
            RowCount = _rows,
            ColumnCount = _columns,
            Values = _values.All,
            RowStarts = _sparse ? _rowStarts.All : (ReadOnlyMemory<long>?)null,
            Indices = _sparse ? _indices.All : (ReadOnlyMemory<int>?)null,
            LabelCount = _labelCount,
            Labels = _labels.All,
        };
    }

    /// <summary>An array that grows.</summary>
    private sealed class Pool<T>
    {
        private T[] _items = [];

        public int Count { get; private set; }

        public ReadOnlyMemory<T> All => _items.AsMemory(0, Count);

        public void Expect(long count) => Array.Resize(ref _items, (int)Math.Min(count, Array.MaxLength));

        public Span<T> Add(int count)
        {
            if (_items.Length - Count < count)
            {
                Grow(count);
            }

            var room = _items.AsSpan(Count, count);
            Count += count;
            return room;
        }

        private void Grow(int count)
        {
            var needed = (long)Count + count;
            if (needed > Array.MaxLength)
            {
                throw new FormatException($"the table up to it has more than {Array.MaxLength} values, more than can be held in memory at once.");
            }

            var larger = GC.AllocateUninitializedArray<T>((int)Math.Clamp(Count * 2L, Math.Max(needed, 256), Array.MaxLength));
            _items.AsSpan(0, Count).CopyTo(larger);
            _items = larger;
        }
    }
}
