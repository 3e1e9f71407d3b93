namespace Sagebrush.Wire.Schema;

/// <summary>The kinds of value an AWS API model knows.</summary>
public enum ShapeType
{
    /// <summary>A structure with named members.</summary>
    Structure,

    /// <summary>An ordered list.</summary>
    List,

    /// <summary>A map with string keys.</summary>
    Map,

    /// <summary>A Unicode string; enumerations are strings too.</summary>
    String,

    /// <summary><see langword="true"/> or <see langword="false"/>.</summary>
    Boolean,

    /// <summary>A 32-bit signed integer.</summary>
    Integer,

    /// <summary>A 64-bit signed integer.</summary>
    Long,

    /// <summary>A 32-bit floating-point number.</summary>
    Float,

    /// <summary>A 64-bit floating-point number.</summary>
    Double,

    /// <summary>An instant in time.</summary>
    Timestamp,

    /// <summary>Bytes, held in memory or streamed.</summary>
    Blob,
}
