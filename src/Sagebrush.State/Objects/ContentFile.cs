using Microsoft.Win32.SafeHandles;

namespace Sagebrush.State.Objects;

/// <summary>The bytes of one content, open for reading, wherever they are.</summary>
internal abstract class ContentFile : IDisposable
{
    /// <summary>Reads some bytes.</summary>
    /// <returns>How many were read: 0 at the end only.</returns>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken);

    public abstract void Dispose();

    /// <summary>A file of the store's folder.</summary>
    public sealed class Local(SafeFileHandle handle) : ContentFile
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) =>
            RandomAccess.ReadAsync(handle, buffer, offset, cancellationToken);

        public override void Dispose() => handle.Dispose();
    }

    /// <summary>A blob elsewhere: one request as long as reading goes on where it stopped.</summary>
    public sealed class External(IExternalContent content, string name) : ContentFile
    {
        private Stream? _stream;
        private long _position;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken)
        {
            if (_stream is null || offset != _position)
            {
                Dispose();
                _stream = await content.OpenAsync(name, offset, cancellationToken)
                    ?? throw new IOException($"The content {name} is missing in the external object store.");
                _position = offset;
            }

            var read = await _stream.ReadAsync(buffer, cancellationToken);
            _position += read;
            return read;
        }

        public override void Dispose()
        {
            _stream?.Dispose();
            _stream = null;
        }
    }
}
