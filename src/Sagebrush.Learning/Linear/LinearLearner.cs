using System.Numerics.Tensors;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Linear;

/// <summary>
/// Learns linear models by stochastic gradients, least squares in closed form or logistic regression by Newton's method, several over a grid of learning rates and
/// penalties, and keeps the one that is best on validation rows.
/// </summary>
/// <remarks>
/// Gradients as Kingma and Ba, "Adam" (2015); weights averaged as Polyak and Juditsky (1992). The models are the columns of one
/// matrix, so that all of them cost one reading of the data. The result depends on the seed, not on the number of threads.
/// </remarks>
public sealed class LinearLearner
{
    private const int ColumnsPerGroup = 16;

    // Beyond, the products of all columns cost more than passes over the rows. Newton's method makes them several times.
    private const int MostLeastSquaresColumns = 1000;
    private const int MostNewtonColumns = 200;
    private readonly LinearLearnerOptions _options;
    private readonly LinearLoss _loss;

    /// <summary>Creates a learner.</summary>
    public LinearLearner(LinearLearnerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _loss = options.EffectiveLoss;
        var fits = options.Predictor switch
        {
            LinearPredictor.Regressor => _loss < LinearLoss.Logistic,
            LinearPredictor.BinaryClassifier => _loss is LinearLoss.Logistic or LinearLoss.Hinge,
            _ => _loss is LinearLoss.Softmax or LinearLoss.Hinge,
        };
        if (!fits)
        {
            throw new ArgumentException($"The loss {_loss} is not for a {options.Predictor}.", nameof(options));
        }
    }

    /// <summary>Learns.</summary>
    /// <param name="features">The features; all must be finite.</param>
    /// <param name="labels">A number per row; for classifiers the class, from 0.</param>
    /// <param name="validation">Rows to choose the model by; null takes the training rows.</param>
    /// <param name="validationLabels">Their labels.</param>
    /// <param name="rowWeights">Weight of each row; empty for equal ones. Classes are balanced as if there were none.</param>
    /// <param name="validationWeights">Weight of each row to choose by; empty for equal ones.</param>
    /// <param name="progress">Told after each epoch.</param>
    /// <param name="cancellationToken">Ends training early; the model as it is then is returned.</param>
    /// <exception cref="ArgumentException">There are no rows, or a label is no class.</exception>
    public LinearModel Fit(
        FeatureMatrix features,
        ReadOnlyMemory<float> labels,
        FeatureMatrix? validation = null,
        ReadOnlyMemory<float> validationLabels = default,
        ReadOnlyMemory<float> rowWeights = default,
        ReadOnlyMemory<float> validationWeights = default,
        Action<LinearEpoch>? progress = null,
        CancellationToken cancellationToken = default)
    {
        CheckLabels(features, labels.Span);
        if (validation is { } rows)
        {
            CheckLabels(rows, validationLabels.Span);
        }

        var target = LabelScale(labels.Span);
        var scaled = Scaled(labels.Span, target);
        var weights = Weights(labels.Span, rowWeights.Span);
        var scale = ColumnScale.Of(features, _options.ScalerRows, _options.UnbiasData && _options.UseBias, _options.NormalizeData);
        var isExact = HasClosedForm(features);
        var settings = isExact ? ModelSetting.PenaltyGrid(_options) : ModelSetting.Grid(_options);
        var groups = Groups(features, scale, target.Scale, settings);
        var judged = validation ?? features;
        var judgedLabels = validation is null ? scaled : Scaled(validationLabels.Span, target);
        var judgedWeights = validation is null ? weights : Weights(validationLabels.Span, validationWeights.Span);
        if (isExact)
        {
            var found = _loss == LinearLoss.Squared
                ? LeastSquares.Solve(features, scale, scaled, weights, settings, _options)
                : LogisticNewton.Solve(features, scale, scaled, weights, settings, _options, cancellationToken);
            double[] losses = [.. found.Select(model => model.MeanLoss)];
            Take(groups, found);
            if (progress is not null)
            {
                Report(groups, Smallest(losses), validation, judgedLabels, judgedWeights, target.Scale, progress);
            }

            if (validation is null && _options.Predictor == LinearPredictor.Regressor)
            {
                return Export(groups, Math.Max(0, Array.IndexOf(losses, Smallest(losses))), scale, target, threshold: 0);
            }
        }
        else
        {
            Train(groups, features, scaled, weights, validation, judgedLabels, judgedWeights, target.Scale, progress, cancellationToken);
        }

        return Choose(groups, scale, target, judged, judgedLabels, judgedWeights);
    }

    /// <summary>Mean loss of a model per row, in units of the label and without weights.</summary>
    public static double MeanLoss(LinearModel model, LinearLearnerOptions options, FeatureMatrix features, ReadOnlySpan<float> labels)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        var kernel = new LossKernel(model.Loss, Parameter(options, model.Loss, 1));
        var margins = new float[model.OutputCount];
        Span<double> sum = [0];
        for (var i = 0; i < features.RowCount; i++)
        {
            model.Margins(features.Row(i), margins);
            kernel.Evaluate(margins, margins.Length, 1, margins.Length, labels.Slice(i, 1), [1f], sum);
        }

        return sum[0] / features.RowCount;
    }

    private static float Parameter(LinearLearnerOptions options, LinearLoss loss, double labelScale) => (float)(loss switch
    {
        LinearLoss.EpsilonInsensitiveSquared or LinearLoss.EpsilonInsensitiveAbsolute => options.Insensitivity / labelScale,
        LinearLoss.Quantile => options.Quantile,
        LinearLoss.Huber => options.HuberDelta / labelScale,
        LinearLoss.Hinge => options.Margin,
        _ => 0,
    });

    private void CheckLabels(FeatureMatrix features, ReadOnlySpan<float> labels)
    {
        if (features.RowCount == 0 || features.RowCount != labels.Length)
        {
            throw new ArgumentException($"There are {features.RowCount} rows and {labels.Length} labels.");
        }

        for (var i = 0; i < labels.Length; i++)
        {
            var label = labels[i];
            var isValid = _options.Predictor switch
            {
                LinearPredictor.Regressor => float.IsFinite(label),
                LinearPredictor.BinaryClassifier => label is 0 or 1,
                _ => label >= 0 && label < _options.ClassCount && label == MathF.Floor(label),
            };
            if (!isValid)
            {
                throw new ArgumentException(_options.Predictor switch
                {
                    LinearPredictor.Regressor => $"The label {label} of row {i + 1} is not a finite number.",
                    LinearPredictor.BinaryClassifier => $"The label {label} of row {i + 1} is neither 0 nor 1, as a binary classifier needs.",
                    _ => $"The label {label} of row {i + 1} is not a class from 0 to {_options.ClassCount - 1}.",
                });
            }
        }
    }

    private (double Mean, double Scale) LabelScale(ReadOnlySpan<float> labels)
    {
        if (_options.Predictor != LinearPredictor.Regressor)
        {
            return (0, 1);
        }

        double mean = 0;
        double squares = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var delta = labels[i] - mean;
            mean += delta / (i + 1);
            squares += delta * (labels[i] - mean);
        }

        var deviation = Math.Sqrt(squares / labels.Length);
        return (_options.UnbiasLabel && _options.UseBias ? mean : 0, _options.NormalizeLabel && deviation > 0 ? deviation : 1);
    }

    private static float[] Scaled(ReadOnlySpan<float> labels, (double Mean, double Scale) target)
    {
        var scaled = new float[labels.Length];
        for (var i = 0; i < scaled.Length; i++)
        {
            scaled[i] = (float)((labels[i] - target.Mean) / target.Scale);
        }

        return scaled;
    }

    private float[] Weights(ReadOnlySpan<float> labels, ReadOnlySpan<float> rowWeights)
    {
        var weights = ClassWeights(labels);
        if (rowWeights.IsEmpty)
        {
            return weights;
        }

        if (rowWeights.Length != labels.Length || !(TensorPrimitives.Min(rowWeights) >= 0) || !float.IsFinite(TensorPrimitives.Max(rowWeights)))
        {
            throw new ArgumentException($"There are {labels.Length} labels and {rowWeights.Length} weights; each must be a number of 0 or more.", nameof(rowWeights));
        }

        var sum = 0.0;
        foreach (var weight in rowWeights)
        {
            sum += weight;
        }

        if (sum <= 0)
        {
            throw new ArgumentException("All weights are 0.", nameof(rowWeights));
        }

        // Penalties and steps are made for weights of 1 in the mean.
        var factor = (float)(labels.Length / sum);
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] *= rowWeights[i] * factor;
        }

        return weights;
    }

    private float[] ClassWeights(ReadOnlySpan<float> labels)
    {
        var weights = new float[labels.Length];
        Array.Fill(weights, 1f);
        if (_options.Predictor == LinearPredictor.Regressor)
        {
            return weights;
        }

        var counts = new long[Math.Max(2, _options.ClassCount)];
        foreach (var label in labels)
        {
            counts[(int)label]++;
        }

        var present = counts.Count(count => count > 0);
        for (var i = 0; i < weights.Length; i++)
        {
            var label = (int)labels[i];
            weights[i] = _options.Predictor == LinearPredictor.MulticlassClassifier
                ? (_options.BalanceClasses ? (float)labels.Length / present / counts[label] : 1)
                : label == 1 ? (float)(_options.PositiveWeight ?? (double)counts[0] / counts[1]) : 1;
        }

        return weights;
    }

    // Columns that are not scaled would lose too much in products of floats; of few rows the least squares are learnt by heart.
    private bool HasClosedForm(FeatureMatrix features) =>
        _options is { Optimizer: LinearOptimizer.Automatic, LearningRate: null, NormalizeData: true } && (_options.UnbiasData || !_options.UseBias)
        && features.ColumnCount <= Math.Min(MostClosedFormColumns, features.RowCount / 2);

    private int MostClosedFormColumns => _loss switch
    {
        LinearLoss.Squared => MostLeastSquaresColumns,
        LinearLoss.Logistic => MostNewtonColumns,
        _ => -1,
    };

    private ModelGroup[] Groups(FeatureMatrix features, ColumnScale scale, double labelScale, ModelSetting[] settings)
    {
        var perGroup = Math.Max(1, ColumnsPerGroup / _options.OutputCount);
        var batch = Math.Min(features.RowCount, _options.BatchSize ?? Math.Clamp(features.RowCount / 64, 16, 1000));
        var kernel = new LossKernel(_loss, Parameter(_options, _loss, labelScale));
        return [.. settings.Chunk(perGroup).Select((models, i) => new ModelGroup(_options, kernel, scale, features.ColumnCount, batch, models, i * perGroup))];
    }

    /// <summary>Keeps models found in closed form.</summary>
    private static void Take(ModelGroup[] groups, FoundWeights[] found)
    {
        for (var model = 0; model < found.Length; model++)
        {
            var group = GroupOf(groups, model);
            group.Set(model - group.FirstModel, found[model].Weights);
            group.Keep(model - group.FirstModel);
        }
    }

    /// <summary>Tells of models found in closed form as of a single pass.</summary>
    private void Report(
        ModelGroup[] groups, double trainLoss, FeatureMatrix? validation, float[] labels, float[] weights, double labelScale, Action<LinearEpoch> progress)
    {
        double? validationLoss = null;
        if (validation is { } rows)
        {
            RowChunks.Run(groups.Length, 1, _options.Threads, (_, at, _) => groups[at].Judge(rows, labels, weights));
            validationLoss = Smallest([.. groups.SelectMany(group => group.Losses)]) / rows.RowCount * Unit(labelScale);
        }

        progress(new(0, trainLoss * Unit(labelScale), validationLoss));
    }

    private static ModelGroup GroupOf(ModelGroup[] groups, int model) => Array.FindLast(groups, group => group.FirstModel <= model)!;

    private void Train(
        ModelGroup[] groups,
        FeatureMatrix features,
        float[] labels,
        float[] weights,
        FeatureMatrix? validation,
        float[] judgedLabels,
        float[] judgedWeights,
        double labelScale,
        Action<LinearEpoch>? progress,
        CancellationToken cancellationToken)
    {
        var order = Enumerable.Range(0, features.RowCount).ToArray();
        var random = new RandomStream(_options.Seed);
        var best = Enumerable.Range(0, groups.Sum(group => group.ModelCount)).Select(_ => double.PositiveInfinity).ToArray();
        var leader = double.PositiveInfinity;
        var waited = 0;
        var unit = Unit(labelScale);
        for (var epoch = 0; epoch < _options.Epochs && !(epoch > 0 && cancellationToken.IsCancellationRequested); epoch++)
        {
            random.Shuffle<int>(order);
            var train = new double[groups.Length];
            RowChunks.Run(groups.Length, 1, _options.Threads, (_, at, _) =>
            {
                groups[at].Train(features, order, labels, weights, epoch == 0 ? CancellationToken.None : cancellationToken);
                train[at] = Smallest(groups[at].Losses);
                if (validation is { } rows)
                {
                    groups[at].Judge(rows, judgedLabels, judgedWeights);
                }
            }, CancellationToken.None);
            if (epoch > 0 && cancellationToken.IsCancellationRequested)
            {
                break;
            }

            var trainLoss = Smallest(train) / features.RowCount * unit;
            var judged = groups.SelectMany(group => group.Losses).ToArray();
            for (var model = 0; model < best.Length; model++)
            {
                // A model that ran off to infinity never becomes the best.
                if (judged[model] < best[model])
                {
                    best[model] = judged[model];
                    var group = GroupOf(groups, model);
                    group.Keep(model - group.FirstModel);
                }
            }

            var now = Smallest(judged);
            progress?.Invoke(new(epoch, trainLoss, validation is { } v ? now / v.RowCount * unit : null));
            waited = now < leader - (_options.Tolerance * Math.Abs(leader)) || double.IsPositiveInfinity(leader) ? 0 : waited + 1;
            leader = Math.Min(leader, now);
            if (waited >= _options.Patience)
            {
                break;
            }
        }
    }

    /// <summary>What a loss on the scale of learning is in units of the label.</summary>
    private double Unit(double labelScale) => _loss switch
    {
        LinearLoss.Squared or LinearLoss.EpsilonInsensitiveSquared or LinearLoss.Huber => labelScale * labelScale,
        LinearLoss.Absolute or LinearLoss.EpsilonInsensitiveAbsolute or LinearLoss.Quantile => labelScale,
        _ => 1,
    };

    private static double Smallest(double[] losses)
    {
        var smallest = double.PositiveInfinity;
        foreach (var loss in losses)
        {
            smallest = loss < smallest ? loss : smallest;
        }

        return smallest;
    }

    private LinearModel Choose(
        ModelGroup[] groups, ColumnScale scale, (double Mean, double Scale) target, FeatureMatrix judged, float[] labels, float[] weights)
    {
        var count = groups.Sum(group => group.ModelCount);
        var values = new double[count];
        var thresholds = new float[count];
        RowChunks.Run(groups.Length, 1, _options.Threads, (_, at, _) => Judge(groups[at], judged, labels, weights, values, thresholds), CancellationToken.None);
        var chosen = 0;
        for (var model = 1; model < count; model++)
        {
            chosen = values[model] > values[chosen] || double.IsNaN(values[chosen]) ? model : chosen;
        }

        return Export(groups, chosen, scale, target, thresholds[chosen]);
    }

    /// <summary>Fills in the criterion's value, larger being better, and the threshold on the margin, of a group's models.</summary>
    private void Judge(ModelGroup group, FeatureMatrix judged, float[] labels, float[] weights, double[] values, float[] thresholds)
    {
        var usesThreshold = _options.Predictor == LinearPredictor.BinaryClassifier && _options.Criterion != SelectionCriterion.LossFunction;
        if (!usesThreshold)
        {
            group.Best.CopyTo(group.Averaged, 0);
            group.Judge(judged, labels, weights);
            for (var model = 0; model < group.ModelCount; model++)
            {
                values[group.FirstModel + model] = -group.Losses[model];
            }

            return;
        }

        var rows = Math.Min(judged.RowCount, _options.CalibrationRows ?? judged.RowCount);
        var scores = group.ScoresOfBest(judged.Rows(0, rows));
        var own = new float[rows];
        for (var model = 0; model < group.ModelCount; model++)
        {
            for (var i = 0; i < rows; i++)
            {
                own[i] = scores[(i * group.Stride) + model];
            }

            var found = Array.Exists(own, float.IsNaN) ? (0, double.NegativeInfinity) : ThresholdSearch.Find(labels.AsSpan(0, rows), own, _options);
            (thresholds[group.FirstModel + model], values[group.FirstModel + model]) = found;
        }
    }

    private LinearModel Export(ModelGroup[] groups, int chosen, ColumnScale scale, (double Mean, double Scale) target, float threshold)
    {
        var group = GroupOf(groups, chosen);
        var model = chosen - group.FirstModel;
        var outputs = _options.OutputCount;
        var features = scale.Means.Length;
        var weights = new double[outputs * features];
        var biases = new double[outputs];
        for (var k = 0; k < outputs; k++)
        {
            var column = (model * outputs) + k;
            double bias = _options.UseBias ? group.Best[(features * group.Stride) + column] : 0;
            for (var j = 0; j < features; j++)
            {
                var weight = group.Best[(j * group.Stride) + column] * scale.Scales[j];
                bias -= weight * scale.Means[j];
                weights[(k * features) + j] = weight * target.Scale;
            }

            biases[k] = (bias * target.Scale) + target.Mean;
        }

        return new(_options.Predictor, _loss, features, weights, biases, threshold);
    }
}
