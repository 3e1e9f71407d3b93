using System.Buffers;
using System.Text;

namespace Sagebrush.Wire.Signing;

/// <summary>A growing run of bytes that starts on the stack and moves to the pool when it must.</summary>
internal ref struct CanonicalBuffer(Span<byte> initial)
{
    private Span<byte> _bytes = initial;
    private byte[]? _rented;
    private int _length;

    public readonly int Length => _length;

    public readonly ReadOnlySpan<byte> Written => _bytes[.._length];

    public void Append(byte value)
    {
        if (_length == _bytes.Length)
        {
            Grow(1);
        }

        _bytes[_length++] = value;
    }

    public void Append(scoped ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        _length += value.Length;
    }

    public void Append(scoped ReadOnlySpan<char> text)
    {
        var target = Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, target);
    }

    public void AppendHex(scoped ReadOnlySpan<byte> value)
    {
        var target = Reserve(value.Length * 2);
        Convert.TryToHexStringLower(value, target, out var written);
        _length += written;
    }

    /// <summary>Appends <c>%XX</c>.</summary>
    public void AppendEscaped(byte value)
    {
        var target = Reserve(3);
        target[0] = (byte)'%';
        target[1] = HexDigit(value >> 4);
        target[2] = HexDigit(value & 15);
        _length += 3;
    }

    public void Truncate(int length) => _length = length;

    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'A' + value - 10);

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Grow(count);
        }

        return _bytes[_length..];
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, checked(_length + count)));
        Written.CopyTo(larger);
        Dispose();
        _bytes = _rented = larger;
    }
}
