namespace Sagebrush.Learning.Features;

/// <summary>Where a step writes: some columns of a row-major matrix.</summary>
internal readonly record struct FeatureBlock(float[] Values, int Stride, int Offset)
{
    /// <summary>A place of the matrix.</summary>
    public ref float this[int row, int feature] => ref Values[((long)row * Stride) + Offset + feature];
}
