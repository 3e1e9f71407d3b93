using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Trees.Boosting;

/// <summary>Rows that judge each round of a training.</summary>
/// <param name="features">Their features.</param>
/// <param name="labels">Their labels.</param>
/// <param name="metric">What judges.</param>
public sealed class BoostingValidation(FeatureMatrix features, ReadOnlyMemory<float> labels, BoostingMetric metric)
{
    private double[][]? _scores;
    private int _rounds;

    /// <summary>What judges.</summary>
    public BoostingMetric Metric => metric;

    /// <summary>The metric after the rounds a training has done.</summary>
    public double Evaluate(GradientBoosting boosting)
    {
        ArgumentNullException.ThrowIfNull(boosting);
        return Evaluate(boosting, boosting.Rounds);
    }

    /// <summary>The metric after some of the rounds a training has done; later rounds go on from what is known of earlier ones.</summary>
    public double Evaluate(GradientBoosting boosting, int rounds)
    {
        ArgumentNullException.ThrowIfNull(boosting);
        return metric.Evaluate(Outputs(boosting, rounds), labels.Span);
    }

    private float[] Outputs(GradientBoosting boosting, int rounds)
    {
        if (_scores is null || rounds < _rounds)
        {
            _scores = Array.ConvertAll(boosting.Start, start =>
            {
                var scores = new double[features.RowCount];
                scores.AsSpan().Fill(start);
                return scores;
            });
            _rounds = 0;
        }

        boosting.AddTo(_rounds, rounds, features, _scores);
        _rounds = rounds;
        var outputs = new float[features.RowCount * _scores.Length];
        for (var output = 0; output < _scores.Length; output++)
        {
            for (var row = 0; row < features.RowCount; row++)
            {
                outputs[(row * _scores.Length) + output] = (float)_scores[output][row];
            }
        }

        GradientBoostingModel.Transform(boosting.Objective, outputs, _scores.Length);
        return outputs;
    }
}
