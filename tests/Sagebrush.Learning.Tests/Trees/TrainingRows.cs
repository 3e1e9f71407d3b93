using System.Globalization;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Tests.Trees;

/// <summary>Random rows with a number to predict, and the text that shows them to Python.</summary>
internal sealed class TrainingRows
{
    public TrainingRows(int seed, int rows, int features, int classes = 0, double missing = 0)
    {
        var random = new RandomStream(seed);
        var values = new float[rows * features];
        Labels = new float[rows];
        Weights = new float[rows];
        for (var row = 0; row < rows; row++)
        {
            var score = 0.3 * random.NextNormal();
            for (var feature = 0; feature < features; feature++)
            {
                var x = random.NextNormal();
                score += feature switch { 0 => Math.Sin(2 * x), 1 => x * x / 2, 2 => x * values[row * features], _ => 0 };
                values[(row * features) + feature] = random.NextDouble() < missing ? float.NaN : (float)x;
            }

            score = double.IsNaN(score) ? 0 : score;
            Labels[row] = classes == 0 ? (float)score : Math.Clamp((int)Math.Floor((score + 1) / 2 * classes), 0, classes - 1);
            Weights[row] = (float)(0.5 + random.NextDouble());
        }

        Features = new(values, rows, features);
    }

    public FeatureMatrix Features { get; }

    public float[] Labels { get; }

    public float[] Weights { get; }

    /// <summary>The numbers as one argument of a program.</summary>
    public static string Text(ReadOnlySpan<float> values) =>
        string.Join(",", Array.ConvertAll(values.ToArray(), value => value.ToString("R", CultureInfo.InvariantCulture)));
}
