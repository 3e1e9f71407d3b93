using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sagebrush.Wire.Signing;

/// <summary>Compares the signature of a chunk or of trailers with ours.</summary>
internal static class ChunkSignature
{
    /// <exception cref="PayloadException">They differ.</exception>
    public static void Verify(string ours, string theirs)
    {
        if (!CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(ours.AsSpan()), MemoryMarshal.AsBytes(theirs.AsSpan())))
        {
            throw new PayloadException(PayloadError.SignatureMismatch);
        }
    }
}
