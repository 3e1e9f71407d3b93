namespace Sagebrush.Serving.Tensors;

/// <summary>The dimensions of tensors.</summary>
internal static class Shapes
{
    /// <summary>Elements of one tensor at most: requests are no larger than that, whatever they claim.</summary>
    private const long Most = 1 << 28;

    /// <summary>How many elements a shape has.</summary>
    /// <exception cref="FormatException">It is not one that can be.</exception>
    public static int Count(IReadOnlyList<long> shape)
    {
        var count = 1L;
        foreach (var dimension in shape)
        {
            count = dimension < 0 || dimension > Most ? -1 : count * dimension;
            if (count is < 0 or > Most)
            {
                throw new FormatException($"the shape {Show(shape)} is impossible or too large");
            }
        }

        return (int)count;
    }

    public static string Show(IReadOnlyList<long> shape) => $"[{string.Join(",", shape)}]";

    /// <summary>Whether a shape is one of those a specification means; -1 there means any size.</summary>
    public static bool Fits(IReadOnlyList<long> shape, IReadOnlyList<long> specification) =>
        shape.Count == specification.Count && shape.Zip(specification).All(pair => pair.Second < 0 || pair.First == pair.Second);
}
