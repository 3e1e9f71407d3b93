using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Linear;

/// <summary>Some of the models that are trained side by side: their weights are columns of one matrix, and a step of all is two products.</summary>
/// <remarks>Groups share nothing that changes, so each may run on a thread of its own and learns the same on any.</remarks>
internal sealed class ModelGroup
{
    private readonly LinearLearnerOptions _options;
    private readonly LossKernel _loss;
    private readonly ColumnScale _scale;
    private readonly int _rows;
    private readonly int _outputs;
    private readonly float[] _weights;
    private readonly float[] _first;
    private readonly float[] _second;
    private readonly float[] _sum;
    private readonly float[] _gradient;
    private readonly float[] _rate;
    private readonly float[] _decay;
    private readonly float[] _l1;
    private readonly float[] _batch;
    private readonly float[] _scores;
    private readonly int _batchSize;
    private long _step;

    public ModelGroup(LinearLearnerOptions options, LossKernel loss, ColumnScale scale, int features, int batchSize, ReadOnlySpan<ModelSetting> settings, int firstModel)
    {
        _options = options;
        _loss = loss;
        _scale = scale;
        _rows = features + 1;
        _outputs = options.OutputCount;
        _batchSize = batchSize;
        ModelCount = settings.Length;
        FirstModel = firstModel;
        Stride = ((settings.Length * _outputs) + 7) / 8 * 8;
        var size = checked(_rows * Stride);
        _weights = new float[size];
        _first = new float[size];
        _second = options.Optimizer == LinearOptimizer.Sgd ? [] : new float[size];
        _sum = new float[size];
        _gradient = new float[size];
        Best = new float[size];
        Averaged = new float[size];
        (_rate, _decay, _l1) = (new float[Stride], new float[Stride], new float[Stride]);
        _batch = new float[checked(batchSize * _rows)];
        _scores = new float[checked(batchSize * Stride)];
        for (var model = 0; model < settings.Length; model++)
        {
            _rate.AsSpan(model * _outputs, _outputs).Fill((float)settings[model].LearningRate);
            _decay.AsSpan(model * _outputs, _outputs).Fill((float)settings[model].WeightDecay);
            _l1.AsSpan(model * _outputs, _outputs).Fill((float)settings[model].L1);
            Initialize(model);
        }

        Losses = new double[settings.Length];
        _weights.CopyTo(Averaged, 0);
    }

    public int FirstModel { get; }

    public int ModelCount { get; }

    public int Stride { get; }

    /// <summary>Mean of the weights over the second half of the last epoch (Polyak and Juditsky 1992): what is judged and kept.</summary>
    public float[] Averaged { get; }

    /// <summary>Each model's weights after its best epoch.</summary>
    public float[] Best { get; }

    /// <summary>Sums of the losses of the last pass, per model.</summary>
    public double[] Losses { get; }

    /// <summary>Trains on all rows once.</summary>
    public void Train(FeatureMatrix features, ReadOnlySpan<int> order, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, CancellationToken cancellationToken)
    {
        Array.Clear(Losses);
        Array.Clear(_sum);
        var batchLabels = new float[_batchSize];
        var batchWeights = new float[_batchSize];
        var steps = (order.Length + _batchSize - 1) / _batchSize;
        for (var step = 0; step < steps && !cancellationToken.IsCancellationRequested; step++)
        {
            var rows = order[(step * _batchSize)..Math.Min(order.Length, (step + 1) * _batchSize)];
            for (var i = 0; i < rows.Length; i++)
            {
                batchLabels[i] = labels[rows[i]];
                batchWeights[i] = weights[rows[i]];
            }

            Score(features, rows, _weights);
            _loss.Evaluate(_scores, Stride, ModelCount, _outputs, batchLabels.AsSpan(0, rows.Length), batchWeights.AsSpan(0, rows.Length), Losses);
            MatrixKernel.Multiply(_batch, 1, _rows, _scores, Stride, _gradient, Stride, _rows, Stride, rows.Length);
            Update(1f / rows.Length, steps);
            if (step >= steps / 2)
            {
                System.Numerics.Tensors.TensorPrimitives.Add(_sum, _weights, _sum);
            }
        }

        System.Numerics.Tensors.TensorPrimitives.Divide(_sum, (float)(steps - (steps / 2)), Averaged);
    }

    /// <summary>Losses of the averaged weights on other rows.</summary>
    public void Judge(FeatureMatrix features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        Array.Clear(Losses);
        var rows = new int[_batchSize];
        for (var start = 0; start < features.RowCount; start += _batchSize)
        {
            var count = Math.Min(_batchSize, features.RowCount - start);
            for (var i = 0; i < count; i++)
            {
                rows[i] = start + i;
            }

            Score(features, rows.AsSpan(0, count), Averaged);
            _loss.Evaluate(_scores, Stride, ModelCount, _outputs, labels.Slice(start, count), weights.Slice(start, count), Losses);
        }
    }

    /// <summary>Scores of a model's best weights, on the scale it learnt on.</summary>
    public float[] ScoresOfBest(FeatureMatrix features)
    {
        var all = new float[checked(features.RowCount * Stride)];
        var rows = new int[_batchSize];
        for (var start = 0; start < features.RowCount; start += _batchSize)
        {
            var count = Math.Min(_batchSize, features.RowCount - start);
            for (var i = 0; i < count; i++)
            {
                rows[i] = start + i;
            }

            Score(features, rows.AsSpan(0, count), Best);
            _scores.AsSpan(0, count * Stride).CopyTo(all.AsSpan(start * Stride));
        }

        return all;
    }

    /// <summary>Keeps a model's averaged weights as its best.</summary>
    public void Keep(int model)
    {
        for (var at = model * _outputs; at < Best.Length; at += Stride)
        {
            Averaged.AsSpan(at, _outputs).CopyTo(Best.AsSpan(at));
        }
    }

    /// <summary>Gives a model weights found elsewhere, that of the bias last, to be judged and kept.</summary>
    public void Set(int model, ReadOnlySpan<double> weights)
    {
        for (var row = 0; row < weights.Length; row++)
        {
            Averaged[(row * Stride) + model] = (float)weights[row];
        }
    }

    private void Initialize(int model)
    {
        // All models of a grid begin at the same weights, so that only their settings tell them apart.
        var random = new RandomStream(_options.Seed, 1);
        for (var row = 0; row < _rows - 1; row++)
        {
            for (var k = 0; k < _outputs; k++)
            {
                _weights[(row * Stride) + (model * _outputs) + k] = (float)(_options.InitialSigma is { } sigma
                    ? random.NextNormal() * sigma
                    : ((2 * random.NextDouble()) - 1) * _options.InitialScale);
            }
        }

        _weights.AsSpan(((_rows - 1) * Stride) + (model * _outputs), _outputs).Fill(_options.UseBias ? (float)_options.InitialBias : 0);
    }

    private void Score(FeatureMatrix features, ReadOnlySpan<int> rows, float[] weights)
    {
        _scale.Apply(features, rows, _options.UseBias ? 1 : 0, _batch);
        MatrixKernel.Multiply(_batch, _rows, 1, weights, Stride, _scores, Stride, rows.Length, Stride, _rows);
    }

    private void Update(float perRow, int stepsPerEpoch)
    {
        _step++;
        var total = (double)_options.Epochs * stepsPerEpoch;
        var factor = _options.ScheduleFactor ?? 0.99;
        var every = _options.ScheduleStep ?? Math.Max(1, total * Math.Log(factor) / Math.Log(0.01));
        var fall = _options.UseSchedule ? (float)Math.Pow(factor, Math.Floor(_step / every)) : 1;
        for (var row = 0; row < _rows; row++)
        {
            var isBias = row == _rows - 1;
            for (var column = 0; column < Stride; column += Vector256<float>.Count)
            {
                Advance((row * Stride) + column, column, perRow, fall, isBias);
            }
        }
    }

    private void Advance(int at, int column, float perRow, float fall, bool isBias)
    {
        ref var weight = ref MemoryMarshal.GetArrayDataReference(_weights);
        ref var first = ref MemoryMarshal.GetArrayDataReference(_first);
        var w = Vector256.LoadUnsafe(ref weight, (nuint)at);
        var rate = Vector256.LoadUnsafe(ref _rate[column]);
        rate = Vector256.Min(rate, Vector256.Max(rate * fall, Vector256.Create((float)_options.MinimumLearningRate)));
        var decay = Vector256.LoadUnsafe(ref _decay[column]);
        if (isBias)
        {
            rate *= (float)_options.BiasLearningRateFactor;
            decay *= (float)_options.BiasWeightDecayFactor;
        }

        var g = (Vector256.LoadUnsafe(ref _gradient[at]) * perRow) + (decay * w);
        var m = Vector256.LoadUnsafe(ref first, (nuint)at);
        Vector256<float> move;
        if (_options.Optimizer == LinearOptimizer.Sgd)
        {
            m = (m * (float)_options.Momentum) + g;
            move = rate * m;
        }
        else
        {
            ref var second = ref MemoryMarshal.GetArrayDataReference(_second);
            var v = Vector256.LoadUnsafe(ref second, (nuint)at);
            v = (v * (float)_options.Beta2) + (g * g * (float)(1 - _options.Beta2));
            v.StoreUnsafe(ref second, (nuint)at);
            var unbiased = v * (float)(1 / (1 - Math.Pow(_options.Beta2, _step)));
            var denominator = Vector256.Sqrt(unbiased) + Vector256.Create(1e-8f);
            if (_options.Optimizer is LinearOptimizer.Adam or LinearOptimizer.Automatic)
            {
                m = (m * (float)_options.Beta1) + (g * (float)(1 - _options.Beta1));
                move = rate * (m * (float)(1 / (1 - Math.Pow(_options.Beta1, _step)))) / denominator;
            }
            else
            {
                move = rate * g / denominator;
            }
        }

        m.StoreUnsafe(ref first, (nuint)at);
        w -= move;
        if (!isBias)
        {
            // The proximal step of the L1 penalty: weights within it become 0.
            var threshold = rate * Vector256.LoadUnsafe(ref _l1[column]);
            w = Vector256.Max(w - threshold, Vector256<float>.Zero) + Vector256.Min(w + threshold, Vector256<float>.Zero);
        }

        w.StoreUnsafe(ref weight, (nuint)at);
    }
}
