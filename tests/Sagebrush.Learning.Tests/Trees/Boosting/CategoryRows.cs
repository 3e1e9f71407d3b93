using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Tests.Trees.Boosting;

/// <summary>Rows of a category and of noise; every third category, in a random order, has the label 1.</summary>
internal sealed class CategoryRows
{
    public CategoryRows(int seed, int rows, int categories)
    {
        var random = new RandomStream(seed);
        var order = random.Sample(categories, categories);
        var values = new float[rows * 2];
        Labels = new float[rows];
        for (var row = 0; row < rows; row++)
        {
            var category = random.Next(categories);
            values[row * 2] = category;
            values[(row * 2) + 1] = (float)random.NextNormal();
            Labels[row] = order[category] % 3 == 0 ? 1 : 0;
        }

        Features = new(values, rows, 2);
    }

    public FeatureMatrix Features { get; }

    public float[] Labels { get; }
}
