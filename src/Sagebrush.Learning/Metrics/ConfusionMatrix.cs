namespace Sagebrush.Learning.Metrics;

/// <summary>How often each class was predicted as each class, or with what weight, and what follows from it.</summary>
/// <remarks>Precision, recall and F1 are 0 where they would divide by zero, as in scikit-learn.</remarks>
public sealed class ConfusionMatrix
{
    private readonly double[] _counts;

    private ConfusionMatrix(double[] counts, int classCount)
    {
        _counts = counts;
        ClassCount = classCount;
        Total = counts.Sum();
    }

    /// <summary>Number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>Number of rows counted, or their weight.</summary>
    public double Total { get; }

    /// <summary>How often, or with what weight, <paramref name="actual"/> was predicted as <paramref name="predicted"/>.</summary>
    public double this[int actual, int predicted] => _counts[(actual * ClassCount) + predicted];

    /// <summary>Share of rows whose class was predicted.</summary>
    public double Accuracy
    {
        get
        {
            double right = 0;
            for (var i = 0; i < ClassCount; i++)
            {
                right += this[i, i];
            }

            return Ratio(right, Total);
        }
    }

    /// <summary>Mean recall of the classes that were observed.</summary>
    public double BalancedAccuracy
    {
        get
        {
            double sum = 0;
            var observed = 0;
            for (var i = 0; i < ClassCount; i++)
            {
                if (Observed(i) > 0)
                {
                    sum += Recall(i);
                    observed++;
                }
            }

            return sum / observed;
        }
    }

    /// <summary>Mean precision of the classes that were observed or predicted.</summary>
    public double MacroPrecision => Macro(Precision);

    /// <summary>Mean recall of the classes that were observed or predicted.</summary>
    public double MacroRecall => Macro(Recall);

    /// <summary>Mean F1 of the classes that were observed or predicted.</summary>
    public double MacroF1 => Macro(F1);

    /// <summary>A matrix of counts made elsewhere, such as the sum of several.</summary>
    /// <param name="counts">Row-major: how often each observed class was predicted as each class.</param>
    /// <param name="classCount">Number of classes.</param>
    public static ConfusionMatrix FromCounts(double[] counts, int classCount)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfNotEqual(counts.Length, classCount * classCount);
        return new(counts, classCount);
    }

    /// <summary>Counts observed against predicted classes.</summary>
    /// <param name="actual">Observed class per row, from 0.</param>
    /// <param name="predicted">Predicted class per row, from 0.</param>
    /// <param name="classCount">Number of classes; 0 takes the largest one that occurs.</param>
    /// <param name="weights">What each row counts, 0 or more; none for one each.</param>
    public static ConfusionMatrix Count(ReadOnlySpan<int> actual, ReadOnlySpan<int> predicted, int classCount = 0, ReadOnlySpan<float> weights = default)
    {
        MetricArguments.Check(actual.Length, predicted.Length);
        MetricArguments.CheckWeights(actual.Length, weights);
        if (classCount == 0)
        {
            for (var i = 0; i < actual.Length; i++)
            {
                classCount = Math.Max(classCount, Math.Max(actual[i], predicted[i]) + 1);
            }
        }

        var counts = new double[checked(classCount * classCount)];
        for (var i = 0; i < actual.Length; i++)
        {
            if ((uint)actual[i] >= (uint)classCount || (uint)predicted[i] >= (uint)classCount)
            {
                throw new ArgumentException($"Row {i} has the class {actual[i]} and the prediction {predicted[i]}; there are {classCount} classes.");
            }

            counts[(actual[i] * classCount) + predicted[i]] += weights.IsEmpty ? 1 : weights[i];
        }

        return new(counts, classCount);
    }

    /// <summary>Counts two classes, predicting the positive one above a threshold.</summary>
    /// <param name="labels">1 (anything above 0.5) for positives, 0 for negatives.</param>
    /// <param name="scores">Score or probability of the positive class.</param>
    /// <param name="threshold">Scores above it count as positive.</param>
    public static ConfusionMatrix Count(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, float threshold = 0.5f)
    {
        MetricArguments.Check(labels.Length, scores.Length);
        var counts = new double[4];
        for (var i = 0; i < labels.Length; i++)
        {
            counts[(labels[i] > 0.5f ? 2 : 0) + (scores[i] > threshold ? 1 : 0)]++;
        }

        return new(counts, 2);
    }

    /// <summary>Share of the rows predicted as a class that are of it.</summary>
    public double Precision(int label) => Ratio(this[label, label], Predicted(label));

    /// <summary>Share of the rows of a class that were predicted as it.</summary>
    public double Recall(int label) => Ratio(this[label, label], Observed(label));

    /// <summary>Harmonic mean of precision and recall.</summary>
    public double F1(int label) => Ratio(2 * this[label, label], Predicted(label) + Observed(label));

    /// <summary>Number of rows of a class, or their weight.</summary>
    public double Observed(int label)
    {
        double sum = 0;
        for (var i = 0; i < ClassCount; i++)
        {
            sum += this[label, i];
        }

        return sum;
    }

    private static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;

    private double Predicted(int label)
    {
        double sum = 0;
        for (var i = 0; i < ClassCount; i++)
        {
            sum += this[i, label];
        }

        return sum;
    }

    private double Macro(Func<int, double> ofClass)
    {
        double sum = 0;
        var seen = 0;
        for (var i = 0; i < ClassCount; i++)
        {
            if (Observed(i) + Predicted(i) > 0)
            {
                sum += ofClass(i);
                seen++;
            }
        }

        return sum / seen;
    }
}
