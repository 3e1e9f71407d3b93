namespace Sagebrush.Quickstart;

/// <summary>How well predicted probabilities tell classes apart.</summary>
/// <param name="Accuracy">The share of rows whose likeliest class is the true one.</param>
/// <param name="Auc">The chance that a row of the class is ranked above one that is not; for several classes the mean over classes, one against the rest.</param>
/// <param name="LogLoss">The mean negative logarithm of the probability given to the true class.</param>
/// <param name="Confusion">Rows counted by true class, then by predicted class.</param>
internal sealed record ClassificationScore(double Accuracy, double Auc, double LogLoss, int[,] Confusion)
{
    /// <summary>Scores probabilities laid out row by row, one per class.</summary>
    public static ClassificationScore Of(IReadOnlyList<int> actual, double[,] probabilities)
    {
        var classes = probabilities.GetLength(1);
        var confusion = new int[classes, classes];
        var (correct, loss) = (0, 0.0);
        for (var row = 0; row < actual.Count; row++)
        {
            var likeliest = 0;
            for (var c = 1; c < classes; c++)
            {
                if (probabilities[row, c] > probabilities[row, likeliest])
                {
                    likeliest = c;
                }
            }

            confusion[actual[row], likeliest]++;
            correct += likeliest == actual[row] ? 1 : 0;
            loss -= Math.Log(Math.Clamp(probabilities[row, actual[row]], 1e-15, 1));
        }

        // Of two classes one ranking says everything; of more, each class is ranked against the rest.
        var areas = Enumerable.Range(classes == 2 ? 1 : 0, classes == 2 ? 1 : classes)
            .Select(c => AreaUnderCurve([.. actual.Select((truth, row) => (probabilities[row, c], truth == c))]))
            .Where(area => !double.IsNaN(area)).ToList();
        return new(correct / (double)actual.Count, areas.Count == 0 ? double.NaN : areas.Average(), loss / actual.Count, confusion);
    }

    /// <summary>The Mann-Whitney statistic; equal scores count half. NaN when one side is empty.</summary>
    private static double AreaUnderCurve((double Score, bool Positive)[] rows)
    {
        Array.Sort(rows, (a, b) => a.Score.CompareTo(b.Score));
        long positives = rows.Count(row => row.Positive);
        var negatives = rows.Length - positives;
        var rankSum = 0.0;
        for (var start = 0; start < rows.Length;)
        {
            var end = start;
            while (end < rows.Length && rows[end].Score == rows[start].Score)
            {
                end++;
            }

            var rank = (start + 1 + end) / 2.0;
            for (var i = start; i < end; i++)
            {
                rankSum += rows[i].Positive ? rank : 0;
            }

            start = end;
        }

        return positives == 0 || negatives == 0 ? double.NaN : (rankSum - (positives * (positives + 1) / 2.0)) / ((double)positives * negatives);
    }
}
