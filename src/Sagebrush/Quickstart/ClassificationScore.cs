using Sagebrush.Learning.Metrics;

namespace Sagebrush.Quickstart;

/// <summary>How well predicted probabilities tell classes apart.</summary>
/// <param name="Confusion">Rows counted by true and by likeliest class.</param>
/// <param name="Auc">The chance that a row of the class is ranked above one that is not; for several classes the mean over classes, one against the rest. NaN when a class is absent.</param>
/// <param name="LogLoss">The mean negative logarithm of the probability given to the true class.</param>
internal sealed record ClassificationScore(ConfusionMatrix Confusion, double Auc, double LogLoss)
{
    /// <summary>Scores probabilities laid out row by row, one per class.</summary>
    public static ClassificationScore Of(int[] actual, float[] probabilities, int classCount)
    {
        var predicted = Enumerable.Range(0, actual.Length).Select(row => Likeliest(probabilities.AsSpan(row * classCount, classCount))).ToArray();

        // Of two classes one ranking says everything; of more, each class is ranked against the rest.
        var areas = (classCount == 2 ? [1] : Enumerable.Range(0, classCount)).Select(c => Area(c, actual, probabilities, classCount));
        return new(ConfusionMatrix.Count(actual, predicted, classCount), areas.Average(), ProbabilityMetrics.LogLoss(actual, probabilities, classCount));
    }

    private static int Likeliest(ReadOnlySpan<float> probabilities) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(probabilities);

    private static double Area(int c, int[] actual, float[] probabilities, int classCount)
    {
        var labels = Array.ConvertAll(actual, truth => truth == c ? 1f : 0f);
        var scores = Enumerable.Range(0, actual.Length).Select(row => probabilities[(row * classCount) + c]).ToArray();
        return labels.Distinct().Count() == 2 ? ProbabilityMetrics.RocAuc(labels, scores) : double.NaN;
    }
}
