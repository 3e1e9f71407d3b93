using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Networks;

/// <summary>
/// Learns a network for tables: numbers by quantile bins, an embedding per category (Guo and Berkhahn 2016), residual blocks (Gorishniy et al. 2021), steps by AdamW.
/// </summary>
/// <remarks>
/// Batches are divided into chunks of the same rows for any number of threads, each normalized by itself (ghost batch normalization, Hoffer, Hubara and Soudry 2017),
/// and their gradients summed in order: the same seed gives the same weights.
/// </remarks>
public sealed class TabularMlp
{
    /// <summary>Rows that go through the network together.</summary>
    public const int ChunkRows = 64;

    private const double WarmUp = 0.1;
    private const float StatisticsMomentum = 0.05f;

    private readonly TabularMlpOptions _options;
    private readonly FeatureMatrix _rows;
    private readonly float[] _labels;
    private readonly float[] _rowWeights;
    private readonly InputEncoder _encoder;
    private readonly NetworkShape _shape;
    private readonly NetworkWeights _weights;
    private readonly NetworkPass[] _passes;
    private readonly AdamW _optimizer;
    private readonly int _batch;
    private readonly (double Center, double Scale) _target;
    private int _step;

    private TabularMlp(FeatureMatrix rows, ReadOnlySpan<float> labels, TabularMlpOptions options, ReadOnlySpan<float> weights)
    {
        (_options, _rows) = (options, rows);
        _rowWeights = Weights(rows.RowCount, weights);
        _target = TargetScale(labels);
        _labels = Scaled(labels);
        _encoder = InputEncoder.Learn(rows, options);
        _shape = new(_encoder.Width, options.Width, options.HiddenWidth, options.Blocks, options.OutputCount, options.NormalizesBatches, _encoder.EmbeddingCount);
        _weights = new(_shape);
        _batch = Math.Min(rows.RowCount, options.BatchSize);
        _passes = [.. Enumerable.Range(0, RowChunks.Count(_batch, ChunkRows)).Select(_ => new NetworkPass(_shape, ChunkRows, learns: true))];
        _optimizer = new(_shape, options.WeightDecay);
        Begin();
    }

    private bool IsRegression => _options.Objective is NetworkObjective.SquaredError or NetworkObjective.AbsoluteError;

    /// <summary>Learns.</summary>
    /// <param name="rows">The features; NaN is a missing value.</param>
    /// <param name="labels">A number per row, or a class from 0.</param>
    /// <param name="options">How to learn.</param>
    /// <param name="weights">Weight of each row; empty for equal ones.</param>
    /// <param name="validation">Rows that judge each epoch: the best one's weights are the model's. Null keeps the last one's.</param>
    /// <param name="validationLabels">Their labels.</param>
    /// <param name="validationWeights">Their weights; empty for equal ones.</param>
    /// <param name="progress">Told after each epoch.</param>
    /// <param name="cancellationToken">Ends learning early; the model so far is returned when there has been an epoch.</param>
    /// <exception cref="ArgumentException">Labels or weights do not fit the rows, or a label is no class.</exception>
    public static TabularMlpModel Fit(
        FeatureMatrix rows,
        ReadOnlyMemory<float> labels,
        TabularMlpOptions options,
        ReadOnlyMemory<float> weights = default,
        FeatureMatrix? validation = null,
        ReadOnlyMemory<float> validationLabels = default,
        ReadOnlyMemory<float> validationWeights = default,
        Action<NetworkEpoch>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(rows, labels.Span, weights.Span, options);
        if (validation is { } judged)
        {
            Check(judged, validationLabels.Span, validationWeights.Span, options);
            ArgumentOutOfRangeException.ThrowIfNotEqual(judged.ColumnCount, rows.ColumnCount, nameof(validation));
        }

        var network = new TabularMlp(rows, labels.Span, options, weights.Span);
        return network.Run(validation, validation is null ? [] : network.Scaled(validationLabels.Span), validationWeights.ToArray(), progress, cancellationToken);
    }

    /// <summary>Writes rows' inputs.</summary>
    internal static void Fill(NetworkPass pass, InputEncoder encoder, NetworkWeights weights, FeatureMatrix rows)
    {
        var inputs = pass.Inputs(rows.RowCount);
        for (var row = 0; row < rows.RowCount; row++)
        {
            encoder.Write(rows.Row(row), weights.Values, inputs.Slice(row * encoder.Width, encoder.Width));
        }
    }

    private static void Check(FeatureMatrix rows, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, TabularMlpOptions options)
    {
        if (rows.RowCount == 0 || labels.Length != rows.RowCount || (!weights.IsEmpty && weights.Length != rows.RowCount))
        {
            throw new ArgumentException($"There are {rows.RowCount} rows, {labels.Length} labels and {weights.Length} weights.", nameof(labels));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(options.Width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.HiddenWidth, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Blocks);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Dropout);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(options.Dropout, 1);
        var classes = options.Objective switch { NetworkObjective.Binary => 2, NetworkObjective.Multiclass => options.ClassCount, _ => 0 };
        if (options.Objective == NetworkObjective.Multiclass)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(options.ClassCount, 2);
        }

        foreach (var feature in options.CategoricalFeatures)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)feature, (uint)rows.ColumnCount, nameof(options));
        }

        for (var row = 0; row < labels.Length; row++)
        {
            var label = labels[row];
            if (!float.IsFinite(label) || (classes > 0 && !(label >= 0 && label < classes && label == (int)label)))
            {
                throw new ArgumentException($"The label {label} of row {row} is not {(classes > 0 ? $"a class from 0 to {classes - 1}" : "a number")}.", nameof(labels));
            }
        }
    }

    private static float[] Weights(int count, ReadOnlySpan<float> given)
    {
        var weights = new float[count];
        if (given.IsEmpty)
        {
            weights.AsSpan().Fill(1);
            return weights;
        }

        var sum = 0.0;
        foreach (var weight in given)
        {
            sum += weight >= 0 && float.IsFinite(weight) ? weight : throw new ArgumentException($"The weight {weight} is not a number of 0 or more.", nameof(given));
        }

        if (sum <= 0)
        {
            throw new ArgumentException("All weights are 0.", nameof(given));
        }

        System.Numerics.Tensors.TensorPrimitives.Multiply(given, (float)(count / sum), weights);
        return weights;
    }

    private (double Center, double Scale) TargetScale(ReadOnlySpan<float> labels)
    {
        if (!IsRegression)
        {
            return (0, 1);
        }

        var (mean, square) = (0.0, 0.0);
        for (var row = 0; row < labels.Length; row++)
        {
            mean += _rowWeights[row] * (double)labels[row] / labels.Length;
        }

        for (var row = 0; row < labels.Length; row++)
        {
            square += _rowWeights[row] * (labels[row] - mean) * (labels[row] - mean) / labels.Length;
        }

        return (mean, square > 0 ? Math.Sqrt(square) : 1);
    }

    private float[] Scaled(ReadOnlySpan<float> labels)
    {
        var scaled = labels.ToArray();
        for (var row = 0; row < scaled.Length && IsRegression; row++)
        {
            scaled[row] = (float)((scaled[row] - _target.Center) / _target.Scale);
        }

        return scaled;
    }

    /// <summary>The weights learning begins with (He et al. 2015); a block begins with little to say.</summary>
    private void Begin()
    {
        var random = new RandomStream(_options.Seed, 1);
        void Fill(int start, int count, double deviation)
        {
            for (var i = start; i < start + count; i++)
            {
                _weights.Values[i] = (float)(deviation * random.NextNormal());
            }
        }

        const double EmbeddingDeviation = 0.3;
        Fill(_shape.Embeddings, _encoder.EmbeddingCount, EmbeddingDeviation);
        foreach (var unknown in _encoder.Unknowns)
        {
            _weights.Values.AsSpan(_shape.Embeddings)[unknown].Clear();
        }

        Fill(_shape.In.Weights, _shape.In.Inputs * _shape.In.Outputs, Math.Sqrt(1.0 / Math.Max(1, _shape.In.Inputs)));
        foreach (var block in _shape.Blocks)
        {
            Fill(block.Up.Weights, _shape.Width * _shape.Hidden, Math.Sqrt(2.0 / _shape.Width));
            Fill(block.Down.Weights, _shape.Width * _shape.Hidden, Math.Sqrt(0.5 / _shape.Hidden));
        }

        Fill(_shape.Out.Weights, _shape.Width * _shape.Outputs, Math.Sqrt(0.5 / _shape.Width));
        foreach (var norm in _shape.Normalizes ? _shape.Blocks.Select(block => block.Norm).Append(_shape.Last) : [])
        {
            _weights.Values.AsSpan(norm.Scale, _shape.Width).Fill(1);
        }
    }

    private TabularMlpModel Run(FeatureMatrix? validation, float[] validationLabels, float[] validationWeights, Action<NetworkEpoch>? progress, CancellationToken cancellationToken)
    {
        var perEpoch = _rows.RowCount / _batch;
        var schedule = new NetworkSchedule(perEpoch * _options.Epochs, _options.LearningRate, WarmUp, _options.SecondsLeft);
        var order = Enumerable.Range(0, _rows.RowCount).ToArray();
        var random = new RandomStream(_options.Seed, 2);
        var (best, bestLoss, bestEpoch) = ((NetworkWeights?)null, double.PositiveInfinity, 0);
        for (var epoch = 1; !schedule.IsOver(_step) && (_options.Patience == 0 || epoch - bestEpoch <= _options.Patience); epoch++)
        {
            random.Shuffle<int>(order);
            var (loss, steps) = (0.0, 0);
            for (; steps < perEpoch && !schedule.IsOver(_step) && !cancellationToken.IsCancellationRequested; steps++)
            {
                loss += Step(order.AsMemory(steps * _batch, _batch), schedule.Rate(_step));
            }

            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            var judged = validation is { } rows ? Loss(rows, validationLabels, validationWeights) : loss / Math.Max(1, steps);
            progress?.Invoke(new(epoch, loss / Math.Max(1, steps), validation is null ? null : judged));

            // Without rows that judge, the last epoch is the best.
            if (best is null || validation is null || judged < bestLoss)
            {
                (best, bestLoss, bestEpoch) = (_weights.Copy(), judged, epoch);
            }
        }

        if (best is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return new(_options.Objective, _encoder, _shape, best ?? _weights, _target.Center, _target.Scale);
    }

    /// <summary>Goes a step by some rows.</summary>
    /// <returns>Their mean loss.</returns>
    private double Step(ReadOnlyMemory<int> rows, double rate)
    {
        _weights.Transpose();
        var losses = new double[_passes.Length];
        RowChunks.Run(rows.Length, ChunkRows, _options.Threads, (chunk, start, end) => losses[chunk] = Differentiate(chunk, rows.Span[start..end]));
        _step++;
        var gradients = _passes[0].Gradients;
        foreach (var pass in _passes.AsSpan(1))
        {
            System.Numerics.Tensors.TensorPrimitives.Add(gradients, pass.Gradients, gradients);
        }

        _optimizer.Step(_weights, gradients, rows.Length, rate);
        foreach (var (number, running) in _weights.Statistics.Index())
        {
            foreach (var pass in _passes)
            {
                System.Numerics.Tensors.TensorPrimitives.Multiply(running, 1 - StatisticsMomentum, running);
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(pass.Statistics[number], StatisticsMomentum, running, running);
            }
        }

        return losses.Sum() / rows.Length;
    }

    private double Differentiate(int chunk, ReadOnlySpan<int> rows)
    {
        var (pass, width) = (_passes[chunk], _shape.Outputs);
        var batch = _rows.Take(rows);
        Fill(pass, _encoder, _weights, batch);
        var outputs = pass.Learn(_weights, rows.Length, new(_options.Seed, 3 + ((long)_step * _passes.Length) + chunk), _options.Dropout);
        var loss = 0.0;
        for (var row = 0; row < rows.Length; row++)
        {
            var weight = _rowWeights[rows[row]];
            loss += weight * NetworkLoss.Differentiate(_options.Objective, outputs.Slice(row * width, width), _labels[rows[row]], weight);
        }

        var inputs = pass.Back(_weights, outputs, rows.Length, _encoder.NumberWidth);
        var embedded = _encoder.Width - _encoder.NumberWidth;
        for (var row = 0; row < rows.Length && embedded > 0; row++)
        {
            _encoder.AddGradients(batch.Row(row), inputs.AsSpan(row * embedded, embedded), pass.Gradients.AsSpan(_shape.Embeddings, _encoder.EmbeddingCount));
        }

        return loss;
    }

    private double Loss(FeatureMatrix rows, float[] labels, float[] weights)
    {
        const int Chunk = 8 * ChunkRows;
        var sums = new (double Loss, double Weight)[RowChunks.Count(rows.RowCount, Chunk)];
        RowChunks.Run(rows.RowCount, Chunk, _options.Threads, (chunk, start, end) =>
        {
            var pass = new NetworkPass(_shape, Math.Min(ChunkRows, end - start), learns: false);
            for (var at = start; at < end; at += ChunkRows)
            {
                var batch = rows.Rows(at, Math.Min(ChunkRows, end - at));
                Fill(pass, _encoder, _weights, batch);
                var outputs = pass.Infer(_weights, batch.RowCount);
                for (var row = 0; row < batch.RowCount; row++)
                {
                    var weight = weights.Length == 0 ? 1 : weights[at + row];
                    sums[chunk].Loss += weight * NetworkLoss.Differentiate(_options.Objective, outputs.Slice(row * _shape.Outputs, _shape.Outputs), labels[at + row], 1);
                    sums[chunk].Weight += weight;
                }
            }
        });
        return sums.Sum(sum => sum.Loss) / Math.Max(sums.Sum(sum => sum.Weight), double.Epsilon);
    }
}
