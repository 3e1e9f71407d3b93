namespace Sagebrush.Algorithms.XGBoost;

/// <summary>How a channel's rows are written.</summary>
internal enum XGBoostFormatKind
{
    /// <summary><c>label index:value …</c>, also what a channel without a content type holds.</summary>
    Libsvm,

    /// <summary>CSV, the label first.</summary>
    Csv,

    /// <summary>Parquet, the label first.</summary>
    Parquet,

    /// <summary>RecordIO-protobuf.</summary>
    RecordIo,
}
