namespace Sagebrush.Wire.Signing;

/// <summary>Facts about a refused request for the error message; made only when a check fails.</summary>
internal sealed record SignatureFailure
{
    /// <summary>One or more sentences saying what exactly was wrong.</summary>
    public string? Detail { get; init; }

    public string? AccessKeyId { get; init; }

    public string? CanonicalRequest { get; init; }

    public string? StringToSign { get; init; }

    public string? SignatureProvided { get; init; }

    /// <summary>The header that should have been signed, or the scope part that differs.</summary>
    public string? Subject { get; init; }

    /// <summary>What the scope should have held.</summary>
    public string? Expected { get; init; }

    public DateTimeOffset RequestTime { get; init; }

    public DateTimeOffset ServerTime { get; init; }

    /// <summary>Whether the signature came in the query string.</summary>
    public bool Presigned { get; init; }
}
