using System.Runtime.InteropServices;

namespace Sagebrush.Learning.Tables.RecordIO;

/// <summary>Values to be written as a feature or a label: of one of the kinds, or none.</summary>
public readonly ref struct TensorValues
{
    private TensorValues(TensorKind kind, ReadOnlySpan<byte> bytes, int count)
    {
        Kind = kind;
        Raw = bytes;
        Count = count;
    }

    /// <summary>Their kind.</summary>
    public TensorKind Kind { get; }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    internal ReadOnlySpan<byte> Raw { get; }

    /// <summary>32-bit floating point values.</summary>
    public static TensorValues Of(ReadOnlySpan<float> values) => new(TensorKind.Float32, MemoryMarshal.AsBytes(values), values.Length);

    /// <summary>64-bit floating point values.</summary>
    public static TensorValues Of(ReadOnlySpan<double> values) => new(TensorKind.Float64, MemoryMarshal.AsBytes(values), values.Length);

    /// <summary>32-bit integers.</summary>
    public static TensorValues Of(ReadOnlySpan<int> values) => new(TensorKind.Int32, MemoryMarshal.AsBytes(values), values.Length);

    // Integers are varints, negative ones of ten bytes; the others are as they lie in memory.
    internal int Size
    {
        get
        {
            if (Kind != TensorKind.Int32)
            {
                return Raw.Length;
            }

            var size = 0;
            foreach (var value in MemoryMarshal.Cast<byte, int>(Raw))
            {
                size += ProtobufCursor.VarintSize((ulong)(long)value);
            }

            return size;
        }
    }

    internal void WriteTo(ref Span<byte> to)
    {
        if (Kind != TensorKind.Int32)
        {
            Raw.CopyTo(to);
            to = to[Raw.Length..];
            return;
        }

        foreach (var value in MemoryMarshal.Cast<byte, int>(Raw))
        {
            ProtobufCursor.WriteVarint(ref to, (ulong)(long)value);
        }
    }
}
