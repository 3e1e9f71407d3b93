using System.Diagnostics.CodeAnalysis;

namespace Sagebrush.Wire.Signing;

/// <summary>The result of checking a request's signature.</summary>
/// <remarks>A refused request is a value, not an exception; <see cref="SignatureErrors"/> words it for a protocol.</remarks>
public readonly struct SignatureResult
{
    private readonly SigningKey? _key;

    internal SignatureResult(SignatureOutcome outcome, SignatureFailure? failure)
    {
        Outcome = outcome;
        Failure = failure;
    }

    internal SignatureResult(Credential credential, SigningKey key, bool presigned, in PayloadTerms payload)
    {
        Outcome = SignatureOutcome.Valid;
        Credential = credential;
        _key = key;
        IsPresigned = presigned;
        Payload = payload;
    }

    /// <summary>What was found.</summary>
    public SignatureOutcome Outcome { get; }

    /// <summary>Whether the request may go on.</summary>
    [MemberNotNullWhen(true, nameof(Credential), nameof(Principal), nameof(Service), nameof(Region))]
    public bool IsValid => Outcome == SignatureOutcome.Valid;

    /// <summary>The credential that signed; null unless valid.</summary>
    public Credential? Credential { get; }

    /// <summary>The caller; null unless valid.</summary>
    public Principal? Principal => Credential?.Principal;

    /// <summary>The signing name in the scope, such as <c>sagemaker</c> or <c>s3</c>; null unless valid.</summary>
    public string? Service => _key?.Service;

    /// <summary>The region in the scope; null unless valid.</summary>
    public string? Region => _key?.Region;

    /// <summary>Whether the signature came in the query string.</summary>
    public bool IsPresigned { get; }

    /// <summary>How the body is protected.</summary>
    public PayloadMode PayloadMode => Payload.Mode;

    internal SignatureFailure? Failure { get; }

    internal PayloadTerms Payload { get; }
}
