namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>The ways a table is kept in files.</summary>
public enum TableFormat
{
    /// <summary>Text with a separator.</summary>
    Csv,

    /// <summary><c>label index:value …</c>.</summary>
    Libsvm,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>NumPy's <c>.npy</c>.</summary>
    Npy,

    /// <summary>SageMaker's RecordIO-protobuf.</summary>
    RecordIo,
}
