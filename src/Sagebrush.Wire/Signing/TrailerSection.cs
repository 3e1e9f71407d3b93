using System.Security.Cryptography;
using System.Text;

namespace Sagebrush.Wire.Signing;

/// <summary>Collects the trailers of an aws-chunked body and checks them against x-amz-trailer and their signature.</summary>
internal sealed class TrailerSection
{
    /// <summary>The longest line, in bytes.</summary>
    public const int MaxLength = 2048;

    private const string SignatureName = "x-amz-trailer-signature";
    private const int MaxCount = 32;

    private readonly string[] _announced;
    private readonly ChunkSignatureChain? _chain;
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly StringBuilder _signedLines = new();
    private string? _signature;

    /// <param name="announced">The x-amz-trailer header.</param>
    /// <param name="chain">The chain that signs the trailers; null where they are not signed.</param>
    public TrailerSection(string announced, ChunkSignatureChain? chain)
    {
        _announced = announced.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        _chain = chain;
    }

    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>Takes one line; false means it was the empty line that ends the section.</summary>
    public bool Add(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            // S3's own example, and clients that follow it, put an empty line between the trailers and their signature.
            return _chain is not null && _signature is null && _values.Count > 0;
        }

        var text = Encoding.UTF8.GetString(line);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || _values.Count == MaxCount)
        {
            throw new PayloadException(PayloadError.MalformedTrailer);
        }

        Add(text[..colon].Trim().ToLowerInvariant(), text[(colon + 1)..].Trim());
        return true;
    }

    /// <summary>Checks the section as a whole.</summary>
    public void Complete()
    {
        foreach (var name in _announced)
        {
            if (!_values.ContainsKey(name))
            {
                throw new PayloadException(PayloadError.MalformedTrailer, $"The trailer {name} was announced but not sent.");
            }
        }

        if (_chain is null)
        {
            return;
        }

        if (_signature is null)
        {
            throw new PayloadException(PayloadError.MalformedTrailer, $"The trailer {SignatureName} is missing.");
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(_signedLines.ToString()), hash);
        ChunkSignature.Verify(_chain.SignTrailers(hash), _signature);
    }

    private void Add(string name, string value)
    {
        if (name == SignatureName && _chain is not null && _signature is null)
        {
            _signature = value;
        }
        else if (_signature is null && _announced.Contains(name, StringComparer.OrdinalIgnoreCase) && _values.TryAdd(name, value))
        {
            _signedLines.Append(name).Append(':').Append(value).Append('\n');
        }
        else
        {
            throw new PayloadException(PayloadError.MalformedTrailer);
        }
    }
}
