using System.Text.Json;

namespace Sagebrush.Serving.Tensors;

/// <summary>What a tensor is made of.</summary>
public abstract class ElementType
{
    private protected ElementType(string name, string? numpyName, int size)
    {
        Name = name;
        NumpyName = numpyName;
        Size = size;
    }

    /// <summary><c>BOOL</c>.</summary>
    public static ElementType Bool { get; } = new BooleanType();

    /// <summary><c>INT8</c>.</summary>
    public static ElementType Int8 { get; } = new NumberType<sbyte>("INT8", "|i1");

    /// <summary><c>INT16</c>.</summary>
    public static ElementType Int16 { get; } = new NumberType<short>("INT16", "<i2");

    /// <summary><c>INT32</c>.</summary>
    public static ElementType Int32 { get; } = new NumberType<int>("INT32", "<i4");

    /// <summary><c>INT64</c>.</summary>
    public static ElementType Int64 { get; } = new NumberType<long>("INT64", "<i8");

    /// <summary><c>UINT8</c>.</summary>
    public static ElementType UInt8 { get; } = new NumberType<byte>("UINT8", "|u1");

    /// <summary><c>UINT16</c>.</summary>
    public static ElementType UInt16 { get; } = new NumberType<ushort>("UINT16", "<u2");

    /// <summary><c>UINT32</c>.</summary>
    public static ElementType UInt32 { get; } = new NumberType<uint>("UINT32", "<u4");

    /// <summary><c>UINT64</c>.</summary>
    public static ElementType UInt64 { get; } = new NumberType<ulong>("UINT64", "<u8");

    /// <summary><c>FP16</c>.</summary>
    public static ElementType Float16 { get; } = new NumberType<Half>("FP16", "<f2");

    /// <summary><c>FP32</c>.</summary>
    public static ElementType Float32 { get; } = new NumberType<float>("FP32", "<f4");

    /// <summary><c>FP64</c>.</summary>
    public static ElementType Float64 { get; } = new NumberType<double>("FP64", "<f8");

    /// <summary><c>BYTES</c>: texts.</summary>
    public static ElementType Text { get; } = new TextType();

    /// <summary>Its name in the KServe protocol, such as <c>FP32</c>.</summary>
    public string Name { get; }

    /// <summary>Its name in NumPy's files, such as <c>&lt;f4</c>; null where they have none that is read here.</summary>
    public string? NumpyName { get; }

    /// <summary>Bytes of one element; 0 when elements differ.</summary>
    public int Size { get; }

    internal static IReadOnlyList<ElementType> All { get; } =
        [Bool, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float16, Float32, Float64, Text];

    /// <summary>Finds a type by its name in the KServe protocol.</summary>
    public static ElementType? Find(string? name) => All.FirstOrDefault(type => type.Name == name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal abstract Array Allocate(int count);

    /// <exception cref="FormatException">It is no such element.</exception>
    internal abstract void Read(JsonElement value, Array target, int index);

    internal abstract void Write(Utf8JsonWriter json, Array source, int index);

    /// <exception cref="FormatException">It is no such element.</exception>
    internal abstract void Parse(ReadOnlySpan<byte> text, Array target, int index);

    internal abstract double GetNumber(Array source, int index);

    internal abstract void SetNumber(Array target, int index, double value);

    /// <summary>The elements' memory; none for texts.</summary>
    internal abstract Span<byte> Bytes(Array elements);
}
