using System.Runtime.CompilerServices;

namespace Sagebrush.Learning.Tables.RecordIO;

/// <summary>Walks over the fields of one protobuf message.</summary>
/// <remarks>https://protobuf.dev/programming-guides/encoding: a field is a tag (number and wire type) and what the type says.</remarks>
internal ref struct ProtobufCursor(ReadOnlySpan<byte> message)
{
    public const uint Varint = 0;
    public const uint Fixed64 = 1;
    public const uint Bytes = 2;
    public const uint Fixed32 = 5;

    private ReadOnlySpan<byte> _left = message;

    /// <summary>Goes to the next field; for <see cref="Bytes"/> also reads its content.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext(out uint tag, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (_left.IsEmpty)
        {
            tag = 0;
            return false;
        }

        tag = _left[0];
        if (tag >= 0x80)
        {
            tag = (uint)ReadVarint(ref _left);
        }
        else
        {
            _left = _left[1..];
        }

        if ((tag & 7) == Bytes)
        {
            content = ReadBytes(ref _left);
        }
        else
        {
            content = ReadScalar(tag);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> ReadBytes(scoped ref ReadOnlySpan<byte> bytes)
    {
        var length = ReadVarint(ref bytes);
        if (length > (uint)bytes.Length)
        {
            ThrowCut();
        }

        var content = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return content;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadVarint(scoped ref ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty && bytes[0] < 0x80)
        {
            ulong value = bytes[0];
            bytes = bytes[1..];
            return value;
        }

        return ReadLongVarint(ref bytes);
    }

    public static int VarintSize(ulong value) => (70 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7;

    public static void WriteVarint(scoped ref Span<byte> to, ulong value)
    {
        var at = 0;
        while (value >= 0x80)
        {
            to[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        to[at] = (byte)value;
        to = to[(at + 1)..];
    }

    private static ulong ReadLongVarint(scoped ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return value;
            }
        }

        ThrowCut();
        return 0;
    }

    private ReadOnlySpan<byte> ReadScalar(uint tag)
    {
        var before = _left;
        switch (tag & 7)
        {
            case Varint:
                ReadVarint(ref _left);
                break;
            case Fixed64 when _left.Length >= 8:
                _left = _left[8..];
                break;
            case Fixed32 when _left.Length >= 4:
                _left = _left[4..];
                break;
            default:
                ThrowCut();
                break;
        }

        return before[..^_left.Length];
    }

    private static void ThrowCut() => throw new FormatException("it is not a protobuf message: a field does not end within it.");
}
