using System.Buffers;

namespace Sagebrush.Serving.Batch;

/// <summary>Cuts a stream into the bodies of requests: as many whole records as fit, or one at a time.</summary>
/// <remarks>Holds one payload's bytes and what was read of the next, whatever the stream's length.</remarks>
public sealed class PayloadReader : IDisposable
{
    private const int LongestRead = 1 << 20;

    private readonly Stream _source;
    private readonly RecordSplit _split;
    private readonly bool _single;
    private readonly int _largest;
    private byte[] _buffer;
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Creates a reader.</summary>
    /// <param name="source">The file.</param>
    /// <param name="split">Its records.</param>
    /// <param name="single">Whether each payload is one record.</param>
    /// <param name="largest">Most bytes of a payload.</param>
    public PayloadReader(Stream source, RecordSplit split, bool single, int largest)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(largest);
        (_source, _split, _single, _largest) = (source, split, single, largest);
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Min(largest, LongestRead));
    }

    /// <summary>The next payload; null at the end.</summary>
    /// <exception cref="BatchInputException">A record is larger than a payload may be, or the records are broken.</exception>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var unread = _end - _start;
            if (_single && Cut() is var first and > 0)
            {
                return Take(first);
            }

            if (_ended || unread > _largest)
            {
                return unread == 0 ? null : Cut() is var length and > 0 ? Take(length) : TakeRest(unread);
            }

            await FillAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private int Cut()
    {
        var unread = _buffer.AsSpan(_start, Math.Min(_end - _start, _largest));
        if (_single)
        {
            return (int)RecordCut.First(unread, _split);
        }

        // At the end of the file a last line need not have an end of its own.
        return _ended && _split == RecordSplit.Line && _end - _start <= _largest ? unread.Length : RecordCut.All(unread, _split);
    }

    private byte[] Take(int length)
    {
        var payload = _buffer.AsSpan(_start, length).ToArray();
        _start += length;
        return payload;
    }

    private byte[] TakeRest(int unread)
    {
        if (!_ended || unread > _largest)
        {
            throw new BatchInputException(
                $"Too much data for max payload size: {(_split == RecordSplit.None ? "the file is" : "a record is")} larger than {_largest} bytes. " +
                (_split == RecordSplit.None ? "Set SplitType, or a larger MaxPayloadInMB." : "Set a larger MaxPayloadInMB."));
        }

        return _split is RecordSplit.None or RecordSplit.Line
            ? Take(unread)
            : throw new BatchInputException($"The input ends within a {_split} record: {unread} bytes are left.");
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        // One byte more than a payload tells a file that ends there from one that goes on.
        var wanted = Math.Min(LongestRead, _largest + 1 - (_end - _start));
        if (_buffer.Length - _end < wanted)
        {
            Reserve(wanted);
        }

        var read = await _source.ReadAsync(_buffer.AsMemory(_end, wanted), cancellationToken);
        _end += read;
        _ended = read == 0;
    }

    private void Reserve(int wanted)
    {
        var unread = _end - _start;
        var target = _buffer;
        if (unread + wanted > _buffer.Length)
        {
            target = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(2L * unread, unread + (long)wanted), Array.MaxLength));
        }

        _buffer.AsSpan(_start, unread).CopyTo(target);
        if (target != _buffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = target;
        }

        (_start, _end) = (0, unread);
    }
}
