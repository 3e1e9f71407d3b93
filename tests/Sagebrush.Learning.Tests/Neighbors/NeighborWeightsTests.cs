using Sagebrush.Learning.Neighbors;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.Neighbors;

public sealed class NeighborWeightsTests
{
    [Theory]
    [InlineData(true, 1f)]
    [InlineData(false, 0.75f)]
    public void Predict_WeightedRows_CountAsMuchAsTheyWeigh(bool isClassifier, float expected)
    {
        // Two rows say 0 and weigh 1 together, one says 1 and weighs 3.
        var model = NearestNeighborsModel.Fit(
            new(new float[] { 1, 1.1f, 0.9f, 50 }, 4, 1), [0, 0, 1, 0], new() { NeighborCount = 3, IsClassifier = isClassifier }, [0.5f, 0.5f, 3, 1], TestContext.Current.CancellationToken);
        using var folder = new TemporaryFolder();
        var path = Path.Join(folder.Path, "model");
        File.WriteAllBytes(path, model.Save());

        foreach (var one in (NearestNeighborsModel[])[model, NearestNeighborsModel.Load(path)])
        {
            var (predictions, labels, distances, weights) = (new float[1], new float[3], new float[3], new float[3]);
            one.Predict(new(new float[] { 1 }, 1, 1), predictions, labels, distances, weights);
            Assert.Equal(expected, predictions[0], 1e-6f);
            Assert.Equal(4, weights.Sum());
        }
    }

    [Fact]
    public void Fit_NegativeWeight_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NearestNeighborsModel.Fit(
            new(new float[] { 1, 2 }, 2, 1), [0, 1], new() { NeighborCount = 1, IsClassifier = true }, [1, -1], TestContext.Current.CancellationToken));
}
