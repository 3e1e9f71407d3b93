namespace Sagebrush.Wire.Dispatch;

/// <summary>Makes the identifiers that clients are told and logs are searched by.</summary>
internal static class RequestId
{
    /// <summary>A random UUID. It guards nothing, so the fast generator does; <c>Guid.NewGuid</c> asks the kernel each time.</summary>
    public static string Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes).ToString();
    }
}
