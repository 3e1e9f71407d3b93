using System.Buffers;

namespace Sagebrush.Services.Hosting.Invocation;

/// <summary>A growing buffer over pooled arrays, used again for the next response on the same thread.</summary>
internal sealed class ResponseBuffer : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 4096;
    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static ResponseBuffer? _spare;

    private byte[] _array = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _written;

    private ResponseBuffer()
    {
    }

    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, _written);

    public static ResponseBuffer Rent()
    {
        var buffer = _spare ?? new ResponseBuffer();
        _spare = null;
        return buffer;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_array.Length - _written));
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_written);
    }

    /// <summary>Gives the buffer back; nothing of it may be used afterwards.</summary>
    public void Dispose()
    {
        _written = 0;
        if (_spare is null && _array.Length <= LargestKept)
        {
            _spare = this;
        }
        else
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
        }
    }

    private void Reserve(int sizeHint)
    {
        if (_array.Length - _written >= Math.Max(sizeHint, 1))
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(_array.Length * 2, _written + sizeHint)));
        _array.AsSpan(0, _written).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
