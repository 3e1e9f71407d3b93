using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Factorization;

/// <summary>Some factors of all features: their part of the rows' scores, and their steps.</summary>
internal sealed class FactorSlice
{
    private readonly SparseTable _rows;
    private readonly int _count;
    private readonly AdamSlice _factors;
    private readonly int[] _places;
    private readonly List<int> _touched = [];
    private readonly float[] _sums;
    private float[] _gradients = [];

    public FactorSlice(SparseTable rows, int count, FactorizationMachineOptions options, RandomStream random)
    {
        _rows = rows;
        _count = count;
        _factors = new(FactorizationMachine.Initial(checked(rows.ColumnCount * count), options.Factors, random), options.Factors, options);
        _places = new int[rows.ColumnCount];
        Array.Fill(_places, -1);
        var batch = Math.Min(options.BatchSize, rows.RowCount);
        Interactions = new float[batch];
        _sums = new float[batch * count];
    }

    /// <summary>What the slice's factors add to the score of each row of the batch.</summary>
    public float[] Interactions { get; }

    /// <summary>Scores a batch: half of (Σ v x)² - Σ (v x)² per factor, Rendle's linear-time form.</summary>
    public void Score(ReadOnlySpan<int> batch)
    {
        Span<float> squares = stackalloc float[_count];
        for (var i = 0; i < batch.Length; i++)
        {
            var sums = _sums.AsSpan(i * _count, _count);
            sums.Clear();
            squares.Clear();
            for (var at = _rows.RowStarts[batch[i]]; at < _rows.RowStarts[batch[i] + 1]; at++)
            {
                var own = _factors.Values.AsSpan(_rows.Indices[at] * _count, _count);
                var x = _rows.Values[at];
                for (var f = 0; f < own.Length; f++)
                {
                    var part = own[f] * x;
                    sums[f] += part;
                    squares[f] += part * part;
                }
            }

            float total = 0;
            for (var f = 0; f < sums.Length; f++)
            {
                total += (sums[f] * sums[f]) - squares[f];
            }

            Interactions[i] = total / 2;
        }
    }

    /// <summary>The features that a batch has, each with a place of its own until the next call.</summary>
    public ReadOnlySpan<int> Touch(ReadOnlySpan<int> batch)
    {
        foreach (var feature in _touched)
        {
            _places[feature] = -1;
        }

        _touched.Clear();
        foreach (var row in batch)
        {
            for (var at = _rows.RowStarts[row]; at < _rows.RowStarts[row + 1]; at++)
            {
                ref var place = ref _places[_rows.Indices[at]];
                if (place < 0)
                {
                    place = _touched.Count;
                    _touched.Add(_rows.Indices[at]);
                }
            }
        }

        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_touched);
    }

    public int Place(int feature) => _places[feature];

    /// <summary>Moves the factors of the features that the batch has.</summary>
    public void Update(ReadOnlySpan<int> batch, float[] slopes, (float First, float Second) correction)
    {
        var touched = Touch(batch);
        if (_gradients.Length < touched.Length * _count)
        {
            _gradients = new float[touched.Length * _count];
        }

        _gradients.AsSpan(0, touched.Length * _count).Clear();
        for (var i = 0; i < batch.Length; i++)
        {
            var sums = _sums.AsSpan(i * _count, _count);
            for (var at = _rows.RowStarts[batch[i]]; at < _rows.RowStarts[batch[i] + 1]; at++)
            {
                var feature = _rows.Indices[at];
                var own = _factors.Values.AsSpan(feature * _count, _count);
                var to = _gradients.AsSpan(_places[feature] * _count, _count);
                var x = _rows.Values[at];
                for (var f = 0; f < own.Length; f++)
                {
                    to[f] += slopes[i] * x * (sums[f] - (own[f] * x));
                }
            }
        }

        for (var place = 0; place < touched.Length; place++)
        {
            for (var f = 0; f < _count; f++)
            {
                _factors.Step((touched[place] * _count) + f, _gradients[(place * _count) + f], correction);
            }
        }
    }

    /// <summary>Writes the factors into those of all slices.</summary>
    public void CopyTo(float[] all, int first, int factorCount)
    {
        for (var feature = 0; feature < _places.Length; feature++)
        {
            _factors.Values.AsSpan(feature * _count, _count).CopyTo(all.AsSpan((feature * factorCount) + first));
        }
    }
}
