namespace Sagebrush.Learning.Neighbors;

/// <summary>How neighbors are found.</summary>
public enum NeighborIndexKind
{
    /// <summary>Among all rows, exactly.</summary>
    Flat,

    /// <summary>Among the rows of the nearest lists of an inverted file.</summary>
    InvertedFile,

    /// <summary>As in an inverted file, with rows in a few bytes each (Jégou, Douze and Schmid, "Product quantization", 2011).</summary>
    ProductQuantized,
}
