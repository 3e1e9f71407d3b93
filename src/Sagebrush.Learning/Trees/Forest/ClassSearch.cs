using Sagebrush.Learning.Trees.Binning;

namespace Sagebrush.Learning.Trees.Forest;

/// <summary>The search for three classes and more, by Gini's impurity.</summary>
internal sealed class ClassSearch : SplitSearch
{
    private readonly ReadOnlyMemory<float> _targets;
    private readonly double[] _rowWeights;
    private readonly int _classes;

    /// <summary>Per place: the row's class, and its weight.</summary>
    private readonly int[] _labels;
    private readonly double[] _weights;

    /// <summary>Per bin: the weight of each class, and the number of rows.</summary>
    private readonly double[] _bins;
    private readonly int[] _counts = new int[256];
    private readonly double[] _left;
    private readonly double[] _right;
    private readonly double[] _total;

    public ClassSearch(BinnedTable table, ReadOnlyMemory<float> targets, double[] weights, ForestOptions options)
        : base(table, options)
    {
        _targets = targets;
        _rowWeights = weights;
        _classes = options.ClassCount;
        _labels = new int[table.RowCount];
        _weights = new double[table.RowCount];
        _bins = new double[256 * _classes];
        (_left, _right, _total) = (new double[_classes], new double[_classes], new double[_classes]);
    }

    public override (double Weight, double Score, bool IsPure) Summarize(int start, int end)
    {
        Sum(start, end);
        var weight = Sum(_total);
        return (weight, Squares(_total) / weight, _labels.AsSpan(start, end - start).IndexOfAnyExcept(_labels[start]) < 0);
    }

    public override void Predict(int start, int end, Span<float> values)
    {
        Sum(start, end);
        var weight = Sum(_total);
        for (var label = 0; label < _classes; label++)
        {
            values[label] = (float)(_total[label] / weight);
        }
    }

    protected override void Place(int place, int row, int times)
    {
        _labels[place] = (int)_targets.Span[row];
        _weights[place] = _rowWeights[row] * times;
    }

    protected override void Swap(int a, int b)
    {
        (_labels[a], _labels[b]) = (_labels[b], _labels[a]);
        (_weights[a], _weights[b]) = (_weights[b], _weights[a]);
    }

    protected override bool TryBins(int feature, int start, int end, int bins, ref NodeSplit best)
    {
        var codes = Table.Columns[feature];
        _bins.AsSpan(0, bins * _classes).Clear();
        _bins.AsSpan(FeatureBins.Missing * _classes, _classes).Clear();
        _counts.AsSpan().Clear();
        for (var i = start; i < end; i++)
        {
            var code = codes[Rows[i]];
            _bins[(code * _classes) + _labels[i]] += _weights[i];
            _counts[code]++;
        }

        var missing = _counts[FeatureBins.Missing];
        var scan = new Scan(this, feature, start, end, missing);
        for (var bin = 0; bin < bins; bin++)
        {
            if (_counts[bin] == 0)
            {
                continue;
            }

            scan.Enter(bin, ref best);
            for (var label = 0; label < _classes; label++)
            {
                scan.Move(label, _bins[(bin * _classes) + label]);
            }

            scan.Count += _counts[bin];
        }

        return scan.Finish(bins, ref best);
    }

    protected override bool TrySorted(int feature, int start, int end, ReadOnlySpan<ushort> keys, ref NodeSplit best)
    {
        var missing = 0;
        _bins.AsSpan(FeatureBins.Missing * _classes, _classes).Clear();
        for (var i = keys.Length - 1; i >= 0 && keys[i] >> 8 == FeatureBins.Missing; i--, missing++)
        {
            var place = start + (keys[i] & 255);
            _bins[(FeatureBins.Missing * _classes) + _labels[place]] += _weights[place];
        }

        var scan = new Scan(this, feature, start, end, missing);
        foreach (var key in keys[..^missing])
        {
            scan.Enter(key >> 8, ref best);
            var place = start + (key & 255);
            scan.Move(_labels[place], _weights[place]);
            scan.Count++;
        }

        return scan.Finish(Table.Features[feature].Count, ref best);
    }

    protected override void TryOne(int start, int end, NodeSplit split, ref NodeSplit best)
    {
        var codes = Table.Columns[split.Feature];
        _left.AsSpan().Clear();
        Sum(start, end);
        var count = 0;
        for (var i = start; i < end; i++)
        {
            if (GoesLeft(codes[Rows[i]], split))
            {
                _left[_labels[i]] += _weights[i];
                count++;
            }
        }

        Offer(split, [], count, end - start - count, ref best);
    }

    private static double Squares(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value * value;
        }

        return sum;
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }

    private void Sum(int start, int end)
    {
        _total.AsSpan().Clear();
        for (var i = start; i < end; i++)
        {
            _total[_labels[i]] += _weights[i];
        }
    }

    /// <summary>Judges the classes in <see cref="_left"/>, perhaps with those of missing values, against all others.</summary>
    private void Offer(NodeSplit split, ReadOnlySpan<double> missing, int left, int right, ref NodeSplit best)
    {
        if (left < MinLeafRows || right < MinLeafRows)
        {
            return;
        }

        var (leftWeight, leftSquares, rightWeight, rightSquares) = (0.0, 0.0, 0.0, 0.0);
        for (var label = 0; label < _classes; label++)
        {
            var onLeft = _left[label] + (missing.IsEmpty ? 0 : missing[label]);
            var onRight = _total[label] - onLeft;
            leftWeight += onLeft;
            rightWeight += onRight;
            leftSquares += onLeft * onLeft;
            rightSquares += onRight * onRight;
        }

        var score = (leftSquares / leftWeight) + (rightSquares / rightWeight);
        if (score > best.Score)
        {
            best = split;
            best.Score = score;
        }
    }

    /// <summary>A walk over the values of a feature from below; sums of squares follow row by row.</summary>
    private ref struct Scan
    {
        private readonly ClassSearch _search;
        private readonly int _feature;
        private readonly int _rows;
        private readonly int _missing;
        private int _last = -1;
        private int _groups;
        private double _leftWeight;
        private double _leftSquares;
        private double _rightWeight;
        private double _rightSquares;

        public Scan(ClassSearch search, int feature, int start, int end, int missing)
        {
            (_search, _feature, _rows, _missing) = (search, feature, end - start, missing);
            _groups = missing > 0 ? 1 : 0;
            search._left.AsSpan().Clear();
            search.Sum(start, end);
            search._total.CopyTo(search._right, 0);
            _rightWeight = ClassSearch.Sum(search._right);
            _rightSquares = Squares(search._right);
        }

        /// <summary>Rows on the left.</summary>
        public int Count { get; set; }

        /// <summary>Begins a bin, and judges the threshold below it.</summary>
        public void Enter(int bin, ref NodeSplit best)
        {
            if (bin == _last)
            {
                return;
            }

            if (_last >= 0)
            {
                Judge(bin, ref best);
            }

            _last = bin;
            _groups++;
        }

        public void Move(int label, double weight)
        {
            var left = _search._left[label];
            var right = _search._right[label];
            _leftWeight += weight;
            _rightWeight -= weight;
            _leftSquares += weight * ((2 * left) + weight);
            _rightSquares -= weight * ((2 * right) - weight);
            _search._left[label] = left + weight;
            _search._right[label] = right - weight;
        }

        /// <summary>Judges missing values against all others.</summary>
        /// <returns>Whether the feature differs among the rows.</returns>
        public readonly bool Finish(int bins, ref NodeSplit best)
        {
            if (_missing > 0 && _last >= 0)
            {
                _search.Offer(Split(bins), [], Count, _missing, ref best);
            }

            return _groups > 1;
        }

        private readonly NodeSplit Split(int next) => new() { Feature = _feature, LastLeft = _last, FirstRight = next, Threshold = float.NaN };

        private readonly void Judge(int next, ref NodeSplit best)
        {
            var least = _search.MinLeafRows;
            if (Count >= least && _rows - Count >= least)
            {
                var score = (_leftSquares / _leftWeight) + (_rightSquares / _rightWeight);
                if (score > best.Score)
                {
                    best = Split(next);
                    best.Score = score;
                }
            }

            if (_missing > 0)
            {
                var missing = _search._bins.AsSpan(FeatureBins.Missing * _search._classes, _search._classes);
                _search.Offer(Split(next) with { MissingLeft = true }, missing, Count + _missing, _rows - Count - _missing, ref best);
            }
        }
    }
}
