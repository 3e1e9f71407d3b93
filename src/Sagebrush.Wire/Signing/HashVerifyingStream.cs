using System.Security.Cryptography;

namespace Sagebrush.Wire.Signing;

/// <summary>Passes a body on while hashing it, and refuses its end when the SHA-256 is not the promised one.</summary>
/// <remarks>Read only, forward only, asynchronous only; does not own the stream beneath.</remarks>
public sealed class HashVerifyingStream : ForwardReadStream
{
    private readonly Stream _inner;
    private readonly string _expected;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _verified;

    /// <summary>Wraps a body.</summary>
    /// <param name="inner">The body.</param>
    /// <param name="expectedHash">64 lower-case hexadecimal digits.</param>
    public HashVerifyingStream(Stream inner, string expectedHash)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(expectedHash);
        _inner = inner;
        _expected = expectedHash;
    }

    /// <inheritdoc/>
    /// <exception cref="PayloadException">The end was reached and the hash differs.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_verified || buffer.IsEmpty)
        {
            return 0;
        }

        var read = await _inner.ReadAsync(buffer, cancellationToken);
        if (read > 0)
        {
            _hash.AppendData(buffer.Span[..read]);
            return read;
        }

        if (!Verify())
        {
            throw new PayloadException(PayloadError.HashMismatch);
        }

        _verified = true;
        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Verify()
    {
        Span<byte> actual = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetCurrentHash(actual);
        return Hexadecimal.FixedTimeEquals(actual, _expected);
    }
}
