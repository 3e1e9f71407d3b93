namespace Sagebrush.Learning.Tables.Typed;

/// <summary>How a table's files are written.</summary>
public enum TypedTableKind
{
    /// <summary>Found from each file's beginning: Parquet and JSON are told from CSV.</summary>
    Any = 0,

    /// <summary>Separated, possibly quoted cells.</summary>
    Csv = 1,

    /// <summary>One JSON object a line.</summary>
    JsonLines = 2,

    /// <summary>Parquet.</summary>
    Parquet = 3,

    /// <summary>Sparse rows <c>LABEL INDEX:VALUE …</c>; absent values are zero. Columns are <c>label</c>, <c>feature_0</c>, ….</summary>
    Libsvm = 4,
}
