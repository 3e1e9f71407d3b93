using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.S3.External;

/// <summary>A bucket of another S3 server that is to keep the bytes of objects.</summary>
/// <param name="Address">The server's address with the bucket, and a prefix where several share it: <c>https://HOST/BUCKET/PREFIX</c>.</param>
/// <param name="Region">The region requests are signed for.</param>
/// <param name="Key">Whose key signs them.</param>
public sealed record ExternalObjects(Uri Address, string Region, Credential Key);
