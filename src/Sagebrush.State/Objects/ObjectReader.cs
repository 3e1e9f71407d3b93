using Sagebrush.State.Objects.Encryption;

namespace Sagebrush.State.Objects;

/// <summary>Reads the bytes of one version of an object, undisturbed by whatever happens to the object meanwhile.</summary>
/// <remarks>For one thread at a time.</remarks>
public sealed class ObjectReader : IDisposable
{
    private readonly ContentFolder _folder;
    private readonly ContentSweeper? _lessor;
    private readonly List<Segment> _segments;
    private readonly CustomerKey? _key;
    private ContentFile? _handle;
    private int _open;
    private bool _disposed;

    internal ObjectReader(
        ObjectInfo info,
        ContentFolder folder,
        ContentSweeper? lessor,
        List<Segment> segments,
        IReadOnlyList<PartInfo> parts,
        ContentFile? first,
        CustomerKey? key)
    {
        Info = info;
        Parts = parts;
        _folder = folder;
        _lessor = lessor;
        _segments = segments;
        _key = key;
        _open = segments.FindIndex(segment => segment.Inline is null);
        _handle = first is null ? null : Readable(first, _open);
    }

    /// <summary>The object.</summary>
    public ObjectInfo Info { get; }

    /// <summary>The parts it was uploaded in; empty when it came in one piece.</summary>
    public IReadOnlyList<PartInfo> Parts { get; }

    /// <summary>The object's bytes when the store has them in memory anyway; null for larger objects.</summary>
    public ReadOnlyMemory<byte>? Memory => _segments switch
    {
        [] => ReadOnlyMemory<byte>.Empty,
        [var only] => only.Inline,
        _ => null,
    };

    /// <summary>Reads some bytes.</summary>
    /// <param name="offset">Where in the object to begin.</param>
    /// <param name="buffer">Where to put them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were read: at least one, unless the object ends at the offset or the buffer is empty.</returns>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (offset >= Info.Size || buffer.IsEmpty)
        {
            return ValueTask.FromResult(0);
        }

        var index = Find(offset);
        var segment = _segments[index];
        var within = offset - segment.Offset;
        var wanted = (int)Math.Min(buffer.Length, segment.Length - within);
        if (segment.Inline is { } bytes)
        {
            bytes.Slice((int)within, wanted).CopyTo(buffer);
            return ValueTask.FromResult(wanted);
        }

        return Handle(index).ReadAsync(buffer[..wanted], within, cancellationToken);
    }

    /// <summary>A stream over a run of bytes. Disposing it leaves the reader open.</summary>
    public Stream OpenStream(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, Info.Size);
        return new ObjectReaderStream(this, offset, length);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _handle?.Dispose();
        if (_lessor?.Leases.Release(Info.Content.Id) == true)
        {
            _lessor.Wake();
        }
    }

    internal ReadOnlyMemory<byte>? InlineBytes(long id) => _segments.Find(segment => segment.Id == id).Inline;

    private int Find(long offset)
    {
        var (low, high) = (0, _segments.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_segments[middle].Offset <= offset)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    private ContentFile Handle(int index)
    {
        if (index == _open && _handle is not null)
        {
            return _handle;
        }

        _handle?.Dispose();
        _handle = null;
        var file = _folder.TryOpen(Info.Bucket, _segments[index].Id)
            ?? throw new IOException($"The file of content {_segments[index].Id:x16} is missing.");
        _handle = Readable(file, index);
        _open = index;
        return _handle;
    }

    private ContentFile Readable(ContentFile file, int index) => _key is null ? file : new EncryptedFile(file, _key, _segments[index].Length);

    internal readonly record struct Segment(long Offset, long Length, long Id, ReadOnlyMemory<byte>? Inline);
}
