using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Factorization;

/// <summary>
/// Learns factorization machines of second order (Rendle, "Factorization machines", ICDM 2010): weights of features, and of pairs of
/// features as inner products of their factors. Made for sparse rows.
/// </summary>
/// <remarks>Threads share out the factors, not the rows, so the result is the same for any number of them.</remarks>
public sealed class FactorizationMachine
{
    private const int FactorsPerSlice = 16;
    private readonly FactorizationMachineOptions _options;

    /// <summary>Creates a learner.</summary>
    public FactorizationMachine(FactorizationMachineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.FactorCount, 1, nameof(options));
        _options = options;
    }

    /// <summary>Learns.</summary>
    /// <param name="rows">The rows with their labels; absent values are 0.</param>
    /// <param name="progress">Told the mean loss after each epoch: squared error, or the cross entropy of classes.</param>
    /// <param name="cancellationToken">Ends training after the step at work; the model as it is then is returned.</param>
    /// <exception cref="ArgumentException">There are no rows, or a label is no class.</exception>
    public FactorizationMachineModel Fit(SparseTable rows, Action<int, double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Check(rows);
        var random = new RandomStream(_options.Seed);
        var bias = new AdamSlice(Initial(1, _options.Bias, random), _options.Bias, _options);
        var linear = new AdamSlice(Initial(rows.ColumnCount, _options.Linear, random), _options.Linear, _options);
        var slices = Enumerable.Range(0, RowChunks.Count(_options.FactorCount, FactorsPerSlice))
            .Select(slice => new FactorSlice(rows, Math.Min(FactorsPerSlice, _options.FactorCount - (slice * FactorsPerSlice)), _options, new(_options.Seed, slice + 1)))
            .ToArray();
        var order = Enumerable.Range(0, rows.RowCount).ToArray();
        var slopes = new float[Math.Min(_options.BatchSize, rows.RowCount)];
        long step = 0;
        for (var epoch = 0; epoch < _options.Epochs && !cancellationToken.IsCancellationRequested; epoch++)
        {
            random.Shuffle<int>(order);
            double loss = 0;
            for (var start = 0; start < order.Length && !(step > 0 && cancellationToken.IsCancellationRequested); start += _options.BatchSize)
            {
                var (from, to) = (start, Math.Min(order.Length, start + _options.BatchSize));
                RowChunks.Run(slices.Length, 1, _options.Threads, (_, slice, _) => slices[slice].Score(order.AsSpan(from..to)), CancellationToken.None);
                loss += Slopes(rows, order.AsSpan(from..to), bias.Values[0], linear.Values, slices, slopes);
                var correction = AdamSlice.Correction(++step);
                Update(rows, order.AsSpan(from..to), slopes, bias, linear, slices[0], correction);
                RowChunks.Run(slices.Length, 1, _options.Threads, (_, slice, _) => slices[slice].Update(order.AsSpan(from..to), slopes, correction), CancellationToken.None);
            }

            progress?.Invoke(epoch, loss / rows.RowCount);
        }

        var factors = new float[checked(rows.ColumnCount * _options.FactorCount)];
        for (var slice = 0; slice < slices.Length; slice++)
        {
            slices[slice].CopyTo(factors, slice * FactorsPerSlice, _options.FactorCount);
        }

        return new(_options.IsClassifier, bias.Values[0], linear.Values, factors, _options.FactorCount);
    }

    private void Check(SparseTable rows)
    {
        if (rows.RowCount == 0)
        {
            throw new ArgumentException("There are no rows to learn from.", nameof(rows));
        }

        var wrong = Array.FindIndex(rows.Labels, label => _options.IsClassifier ? label is not (0 or 1) : !float.IsFinite(label));
        if (wrong >= 0)
        {
            throw new ArgumentException(
                $"The label {rows.Labels[wrong]} of row {wrong + 1} is {(_options.IsClassifier ? "neither 0 nor 1, as a binary classifier needs" : "not a finite number")}.");
        }
    }

    internal static float[] Initial(int count, TermOptions term, RandomStream random)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)(term.Sigma is { } sigma ? random.NextNormal() * sigma
                : term.Scale is { } scale ? ((2 * random.NextDouble()) - 1) * scale
                : term.Value);
        }

        return values;
    }

    /// <summary>Losses of a batch, and their derivatives by the score, scaled for the step.</summary>
    private double Slopes(SparseTable rows, ReadOnlySpan<int> batch, float bias, float[] linear, FactorSlice[] slices, float[] slopes)
    {
        double loss = 0;
        var scale = (float)(_options.Rescale ?? 1.0 / batch.Length);
        for (var i = 0; i < batch.Length; i++)
        {
            double score = bias;
            for (var at = rows.RowStarts[batch[i]]; at < rows.RowStarts[batch[i] + 1]; at++)
            {
                score += linear[rows.Indices[at]] * rows.Values[at];
            }

            foreach (var slice in slices)
            {
                score += slice.Interactions[i];
            }

            var label = rows.Labels[batch[i]];
            if (_options.IsClassifier)
            {
                var small = Math.Exp(-Math.Abs(score));
                loss += Math.Max(score, 0) - (label * score) + Math.Log(1 + small);
                slopes[i] = scale * (float)((score >= 0 ? 1 / (1 + small) : small / (1 + small)) - label);
            }
            else
            {
                loss += (score - label) * (score - label);
                slopes[i] = scale * (float)(score - label);
            }
        }

        return loss;
    }

    private static void Update(
        SparseTable rows, ReadOnlySpan<int> batch, float[] slopes, AdamSlice bias, AdamSlice linear, FactorSlice slice, (float First, float Second) correction)
    {
        var touched = slice.Touch(batch);
        var gradients = new float[touched.Length];
        float sum = 0;
        for (var i = 0; i < batch.Length; i++)
        {
            sum += slopes[i];
            for (var at = rows.RowStarts[batch[i]]; at < rows.RowStarts[batch[i] + 1]; at++)
            {
                gradients[slice.Place(rows.Indices[at])] += slopes[i] * rows.Values[at];
            }
        }

        bias.Step(0, sum, correction);
        for (var i = 0; i < touched.Length; i++)
        {
            linear.Step(touched[i], gradients[i], correction);
        }
    }
}
