using System.Diagnostics.CodeAnalysis;

namespace Sagebrush.Services.S3;

/// <summary>Keys in lists, percent-encoded where the client asked for it because XML cannot hold every character.</summary>
internal readonly struct NameEncoding(string? encodingType)
{
    private readonly bool _encodes = encodingType == Contracts.S3.EncodingType.Url;

    [return: NotNullIfNotNull(nameof(name))]
    public string? Encode(string? name) => _encodes && name is not null
        ? Uri.EscapeDataString(name).Replace("%2F", "/", StringComparison.Ordinal)
        : name;
}
