namespace Sagebrush.Learning.AutoML;

/// <summary>Brings probabilities to what is observed: a slope, and for two classes a shift, on the log odds (Platt 1999; Guo et al. 2017).</summary>
/// <param name="Slope">What log odds are multiplied by; 1 changes nothing.</param>
/// <param name="Shift">What is then added, for two classes.</param>
internal sealed record ProbabilityCalibration(double Slope, double Shift)
{
    private const int Steps = 50;

    /// <summary>Changes nothing.</summary>
    public static ProbabilityCalibration None { get; } = new(1, 0);

    /// <summary>Fits to predictions of rows that the model was not trained on; keeps them as they are when that is no better.</summary>
    public static ProbabilityCalibration Fit(AutopilotTask task, float[] labels, float[] outputs, float[] weights, Func<float[], double> likelihood)
    {
        if (task.Problem == ProblemType.Regression)
        {
            return None;
        }

        var fitted = task.Problem == ProblemType.BinaryClassification ? FitTwo(labels, outputs, weights) : FitSeveral(outputs, task.OutputCount, likelihood);
        float[] changed = [.. outputs];
        fitted.Apply(changed, task.OutputCount);
        return double.IsFinite(fitted.Slope) && double.IsFinite(fitted.Shift) && fitted.Slope > 0 && likelihood(changed) < likelihood(outputs) - 1e-5 ? fitted : None;
    }

    /// <summary>Changes rows of probabilities in place.</summary>
    public void Apply(Span<float> outputs, int width)
    {
        if (this == None)
        {
            return;
        }

        if (width == 1)
        {
            foreach (ref var output in outputs)
            {
                output = (float)(1 / (1 + Math.Exp(-((Slope * LogOdds(output)) + Shift))));
            }

            return;
        }

        for (var start = 0; start < outputs.Length; start += width)
        {
            var row = outputs.Slice(start, width);
            var sum = 0f;
            foreach (ref var output in row)
            {
                output = MathF.Pow(Math.Max(output, 1e-7f), (float)Slope);
                sum += output;
            }

            foreach (ref var output in row)
            {
                output /= sum;
            }
        }
    }

    private static double LogOdds(double probability)
    {
        var kept = Math.Clamp(probability, 1e-6, 1 - 1e-6);
        return Math.Log(kept / (1 - kept));
    }

    // Newton's method on the likelihood of two parameters. It begins where all is undecided: from probabilities that are too sure it would leap away.
    private static ProbabilityCalibration FitTwo(float[] labels, float[] outputs, float[] weights)
    {
        var (slope, shift) = (0.0, 0.0);
        for (var step = 0; step < Steps; step++)
        {
            double g0 = 0, g1 = 0, h00 = 1e-9, h01 = 0, h11 = 1e-9;
            for (var row = 0; row < labels.Length; row++)
            {
                var x = LogOdds(outputs[row]);
                var p = 1 / (1 + Math.Exp(-((slope * x) + shift)));
                var weight = weights.Length == 0 ? 1 : weights[row];
                var (gradient, curvature) = (weight * (p - (labels[row] > 0.5f ? 1 : 0)), weight * p * (1 - p));
                g0 += gradient * x;
                g1 += gradient;
                h00 += curvature * x * x;
                h01 += curvature * x;
                h11 += curvature;
            }

            var determinant = (h00 * h11) - (h01 * h01);
            if (determinant <= 0)
            {
                break;
            }

            var (d0, d1) = (((h11 * g0) - (h01 * g1)) / determinant, ((h00 * g1) - (h01 * g0)) / determinant);
            (slope, shift) = (slope - d0, shift - d1);
            if (Math.Abs(d0) + Math.Abs(d1) < 1e-8)
            {
                break;
            }
        }

        return new(slope, shift);
    }

    private static ProbabilityCalibration FitSeveral(float[] outputs, int width, Func<float[], double> likelihood)
    {
        var (best, bestLoss) = (None, likelihood(outputs));
        for (var step = -8; step <= 14; step++)
        {
            var tried = new ProbabilityCalibration(1 + (step * 0.05), 0);
            float[] changed = [.. outputs];
            tried.Apply(changed, width);
            var loss = likelihood(changed);
            if (loss < bestLoss)
            {
                (best, bestLoss) = (tried, loss);
            }
        }

        return best;
    }
}
