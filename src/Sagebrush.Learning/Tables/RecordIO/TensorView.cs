using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sagebrush.Learning.Tables.RecordIO;

/// <summary>A feature or a label, read where it lies in its record.</summary>
public readonly ref struct TensorView
{
    private readonly ReadOnlySpan<byte> _values;
    private readonly ReadOnlySpan<byte> _keys;
    private readonly ReadOnlySpan<byte> _shape;

    internal TensorView(ReadOnlySpan<byte> value)
    {
        var cursor = new ProtobufCursor(value);
        while (cursor.MoveNext(out var tag, out var content))
        {
            var field = tag >> 3;
            if ((tag & 7) == ProtobufCursor.Bytes && field is 2 or 3 or 7 or 9)
            {
                Kind = (TensorKind)field;
                _values = _keys = _shape = default;
                var inner = new ProtobufCursor(content);
                while (inner.MoveNext(out var part, out var bytes))
                {
                    switch (part)
                    {
                        case (1 << 3) | ProtobufCursor.Bytes when _values.IsEmpty:
                            _values = bytes;
                            break;
                        case (2 << 3) | ProtobufCursor.Bytes when _keys.IsEmpty:
                            _keys = bytes;
                            break;
                        case (3 << 3) | ProtobufCursor.Bytes when _shape.IsEmpty:
                            _shape = bytes;
                            break;
                        default:
                            // Not packed, or in pieces: allowed, though no writer known does it.
                            if (part >> 3 is 1 or 2 or 3 && Kind != TensorKind.Bytes)
                            {
                                _values = Gather(content, 1);
                                _keys = Gather(content, 2);
                                _shape = Gather(content, 3);
                                inner = default;
                            }

                            break;
                    }
                }
            }
        }

        if ((Kind == TensorKind.Float32 && (_values.Length & 3) != 0) || (Kind == TensorKind.Float64 && (_values.Length & 7) != 0))
        {
            throw new FormatException($"{_values.Length} bytes do not hold values of the kind {Kind}.");
        }
    }

    /// <summary>What it is made of.</summary>
    public TensorKind Kind { get; }

    /// <summary>Whether keys say where the values stand; otherwise they stand one after the other.</summary>
    public bool IsSparse => !_keys.IsEmpty || (Kind != TensorKind.Bytes && _values.IsEmpty && !_shape.IsEmpty);

    /// <summary>Number of values.</summary>
    public int Count => Kind switch
    {
        TensorKind.Float32 => _values.Length / sizeof(float),
        TensorKind.Float64 => _values.Length / sizeof(double),
        TensorKind.Int32 => CountVarints(_values),
        _ => 0,
    };

    /// <summary>The product of the shape's dimensions, which is the width of a sparse vector; 0 when there is no shape.</summary>
    public long Width
    {
        get
        {
            var shape = _shape;
            var width = shape.IsEmpty ? 0UL : 1;
            while (!shape.IsEmpty)
            {
                width *= ProtobufCursor.ReadVarint(ref shape);
            }

            return width <= long.MaxValue ? (long)width : throw new FormatException("its shape is too large.");
        }
    }

    /// <summary>The bytes of a tensor of the kind <see cref="TensorKind.Bytes"/>.</summary>
    public ReadOnlySpan<byte> Content => Kind == TensorKind.Bytes ? _values : default;

    /// <summary>The content type of a tensor of the kind <see cref="TensorKind.Bytes"/>, in UTF-8.</summary>
    public ReadOnlySpan<byte> ContentType => Kind == TensorKind.Bytes ? _keys : default;

    /// <summary>Copies the values.</summary>
    /// <param name="to">Room for <see cref="Count"/> of them.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyValues(Span<float> to)
    {
        if (Kind == TensorKind.Float32)
        {
            MemoryMarshal.Cast<byte, float>(_values).CopyTo(to);
        }
        else
        {
            ConvertValues(to);
        }
    }

    /// <summary>Copies the values.</summary>
    /// <param name="to">Room for <see cref="Count"/> of them.</param>
    public void CopyValues(Span<double> to)
    {
        if (Kind == TensorKind.Float64)
        {
            MemoryMarshal.Cast<byte, double>(_values).CopyTo(to);
        }
        else
        {
            ConvertValues(to);
        }
    }

    /// <summary>Copies the keys.</summary>
    /// <param name="to">Room for <see cref="Count"/> of them.</param>
    /// <param name="below">What each must be less than.</param>
    /// <exception cref="FormatException">There are more or fewer keys than values, or one is not less than <paramref name="below"/>.</exception>
    public void CopyKeys(Span<int> to, int below = int.MaxValue)
    {
        var keys = _keys;
        var count = 0;
        while (!keys.IsEmpty && count < to.Length)
        {
            var key = ReadKey(ref keys);
            if (key >= (uint)below)
            {
                throw new FormatException($"its key {key} is not less than {below}.");
            }

            to[count++] = (int)key;
        }

        if (!keys.IsEmpty || count < to.Length)
        {
            throw new FormatException($"it has {count + CountVarints(keys)} keys for {to.Length} values.");
        }
    }

    // Keys below 2^14 are the rule: they are taken from one load, without a loop.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadKey(scoped ref ReadOnlySpan<byte> keys)
    {
        if (keys.Length >= 2)
        {
            uint word = BinaryPrimitives.ReadUInt16LittleEndian(keys);
            if ((word & 0x8080) == 0x0080)
            {
                keys = keys[2..];
                return (word & 0x7F) | ((word >> 1) & 0x3F80);
            }
        }

        return ProtobufCursor.ReadVarint(ref keys);
    }

    private void ConvertValues<T>(Span<T> to)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        switch (Kind)
        {
            case TensorKind.Float32:
                var singles = MemoryMarshal.Cast<byte, float>(_values);
                for (var i = 0; i < singles.Length; i++)
                {
                    to[i] = T.CreateTruncating(singles[i]);
                }

                break;
            case TensorKind.Float64:
                var doubles = MemoryMarshal.Cast<byte, double>(_values);
                for (var i = 0; i < doubles.Length; i++)
                {
                    to[i] = T.CreateTruncating(doubles[i]);
                }

                break;
            case TensorKind.Int32:
                var left = _values;
                for (var i = 0; !left.IsEmpty; i++)
                {
                    to[i] = T.CreateTruncating((int)ProtobufCursor.ReadVarint(ref left));
                }

                break;
        }
    }

    private static int CountVarints(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        foreach (var value in bytes)
        {
            count += value < 0x80 ? 1 : 0;
        }

        return count;
    }

    private static byte[] Gather(ReadOnlySpan<byte> tensor, uint field)
    {
        var cursor = new ProtobufCursor(tensor);
        List<byte> all = [];
        while (cursor.MoveNext(out var tag, out var content))
        {
            if (tag >> 3 == field)
            {
                all.AddRange(content);
            }
        }

        return [.. all];
    }
}
