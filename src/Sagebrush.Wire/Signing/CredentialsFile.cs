using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sagebrush.Wire.Signing;

/// <summary>The content of <c>credentials.json</c>.</summary>
/// <param name="Version">The version of the format, 1.</param>
/// <param name="AccountId">The account of the root key.</param>
/// <param name="Created">When the root key was made.</param>
/// <param name="AccessKeyId">The root access key.</param>
/// <param name="SecretAccessKey">Its secret.</param>
/// <param name="SessionKey">32 random bytes that seal session tokens.</param>
internal sealed record CredentialsFile(
    [property: JsonRequired] int Version,
    [property: JsonRequired] string AccountId,
    [property: JsonRequired] DateTimeOffset Created,
    [property: JsonRequired] string AccessKeyId,
    [property: JsonRequired] string SecretAccessKey,
    [property: JsonRequired] byte[] SessionKey);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CredentialsFile))]
internal sealed partial class CredentialsFileContext : JsonSerializerContext;
