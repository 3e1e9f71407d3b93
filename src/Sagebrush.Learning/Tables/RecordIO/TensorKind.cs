namespace Sagebrush.Learning.Tables.RecordIO;

/// <summary>What a feature or a label of a record is made of; the numbers are those of the message's fields.</summary>
public enum TensorKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>32-bit floating point.</summary>
    Float32 = 2,

    /// <summary>64-bit floating point.</summary>
    Float64 = 3,

    /// <summary>32-bit integers.</summary>
    Int32 = 7,

    /// <summary>Bytes for others to read, such as an image's.</summary>
    Bytes = 9,
}
