namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>One row on its way from one format to another; sources fill it anew for each row.</summary>
internal sealed class TableRow
{
    private double[] _labels = [];
    private double[] _values = [];
    private int[] _keys = [];
    private int _labelCount;
    private int _count;

    public ReadOnlySpan<double> Labels => _labels.AsSpan(0, _labelCount);

    /// <summary>The features: all of them, or those that <see cref="Keys"/> name.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, _count);

    /// <summary>The columns of the values, from 0, of a sparse row.</summary>
    public ReadOnlySpan<int> Keys => IsSparse ? _keys.AsSpan(0, _count) : [];

    public bool IsSparse { get; private set; }

    /// <summary>How many features there are, also those left out.</summary>
    public long Width { get; private set; }

    public Span<double> SetLabels(int count)
    {
        Array.Resize(ref _labels, Math.Max(count, _labels.Length));
        _labelCount = count;
        return _labels.AsSpan(0, count);
    }

    public Span<double> SetDense(int count)
    {
        IsSparse = false;
        Width = count;
        return Room(count);
    }

    public Span<double> SetSparse(int count, long width, out Span<int> keys)
    {
        IsSparse = true;
        Width = width;
        Array.Resize(ref _keys, Math.Max(count, _keys.Length));
        keys = _keys.AsSpan(0, count);
        return Room(count);
    }

    /// <summary>Copies the features with zeros where there are none.</summary>
    public void CopyDense(Span<double> to)
    {
        if (!IsSparse)
        {
            Values.CopyTo(to);
            return;
        }

        to.Clear();
        for (var i = 0; i < _count; i++)
        {
            to[_keys[i]] = _values[i];
        }
    }

    private Span<double> Room(int count)
    {
        Array.Resize(ref _values, Math.Max(count, _values.Length));
        _count = count;
        return _values.AsSpan(0, count);
    }
}
