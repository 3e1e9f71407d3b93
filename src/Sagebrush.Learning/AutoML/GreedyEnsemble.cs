namespace Sagebrush.Learning.AutoML;

/// <summary>Chooses the weights of an ensemble: again and again the candidate that helps most is added (Caruana et al., Ensemble Selection from Libraries of Models, 2004).</summary>
internal static class GreedyEnsemble
{
    private const int Rounds = 40;

    /// <summary>Chooses weights.</summary>
    /// <param name="outputs">For each candidate its predictions of rows it was not trained on.</param>
    /// <param name="loss">How far predictions are from the labels.</param>
    /// <returns>A weight for each candidate, together 1.</returns>
    public static double[] Choose(IReadOnlyList<float[]> outputs, Func<float[], double> loss)
    {
        var counts = new int[outputs.Count];
        var sum = new float[outputs[0].Length];
        var (bestCounts, bestLoss) = (counts, double.PositiveInfinity);
        for (var round = 1; round <= Rounds; round++)
        {
            var losses = new double[outputs.Count];
            Parallel.For(0, outputs.Count, i =>
            {
                var mean = new float[sum.Length];
                for (var k = 0; k < mean.Length; k++)
                {
                    mean[k] = (sum[k] + outputs[i][k]) / round;
                }

                losses[i] = loss(mean);
            });
            var chosen = Array.IndexOf(losses, losses.Min());
            counts[chosen]++;
            System.Numerics.Tensors.TensorPrimitives.Add(sum, outputs[chosen], sum);
            if (losses[chosen] < bestLoss)
            {
                (bestCounts, bestLoss) = ([.. counts], losses[chosen]);
            }
        }

        var total = bestCounts.Sum();
        return [.. bestCounts.Select(count => count / (double)total)];
    }
}
