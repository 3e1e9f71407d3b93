using System.Diagnostics.CodeAnalysis;

namespace Sagebrush.Wire.Signing;

/// <summary>The parts of an Authorization header or of X-Amz-… query parameters, not yet believed.</summary>
internal ref struct PresentedSignature
{
    public bool Presigned;
    public ReadOnlySpan<char> AccessKeyId;

    /// <summary><c>DATE/REGION/SERVICE/aws4_request</c>.</summary>
    public ReadOnlySpan<char> Scope;

    public ReadOnlySpan<char> Date;
    public ReadOnlySpan<char> Region;
    public ReadOnlySpan<char> Service;
    public ReadOnlySpan<char> SignedHeaders;
    public ReadOnlySpan<char> Signature;
    public ReadOnlySpan<char> Token;

    /// <summary>Presigned only: X-Amz-Date and X-Amz-Expires as they were sent.</summary>
    public ReadOnlySpan<char> Timestamp;

    public ReadOnlySpan<char> Expires;

    /// <summary>Reads <c>AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…</c>, whose algorithm was checked.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public string? ReadHeader(ReadOnlySpan<char> parameters)
    {
        foreach (var range in parameters.Split(','))
        {
            var part = parameters[range].Trim();
            if (part.IsEmpty)
            {
                continue;
            }

            var equals = part.IndexOf('=');
            if (equals <= 0)
            {
                return $"'{Shorten(part)}' not a valid key=value pair (missing equal-sign) in Authorization header.";
            }

            ref var slot = ref HeaderSlotOf(part[..equals], out var wanted);
            if (!wanted)
            {
                return $"Unknown parameter '{Shorten(part[..equals])}' in Authorization header.";
            }

            if (!slot.IsEmpty)
            {
                return $"Authorization header has more than one '{part[..equals]}' parameter.";
            }

            slot = part[(equals + 1)..];
        }

        return AccessKeyId.IsEmpty || Signature.IsEmpty || SignedHeaders.IsEmpty ? DescribeMissing() : DivideCredential();
    }

    /// <summary>Reads the parameters of a presigned request from its raw query.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public string? ReadQuery(ReadOnlySpan<char> query)
    {
        Presigned = true;
        foreach (var range in query.Split('&'))
        {
            var part = query[range];
            var equals = part.IndexOf('=');
            if (equals < 0 || !part.StartsWith("X-Amz-", StringComparison.Ordinal))
            {
                continue;
            }

            ref var slot = ref QuerySlotOf(part[..equals], out var wanted);
            if (!wanted)
            {
                continue;
            }

            if (!slot.IsEmpty)
            {
                return $"Query-string parameter {part[..equals]} was given more than once.";
            }

            slot = Unescape(part[(equals + 1)..]);
        }

        var missing = AccessKeyId.IsEmpty ? "X-Amz-Credential"
            : Signature.IsEmpty ? "X-Amz-Signature"
            : SignedHeaders.IsEmpty ? "X-Amz-SignedHeaders"
            : Timestamp.IsEmpty ? "X-Amz-Date"
            : null;
        return missing is null
            ? DivideCredential()
            : $"AWS query-string parameters must include '{missing}'.";
    }

    private static ReadOnlySpan<char> Unescape(ReadOnlySpan<char> value) =>
        value.Contains('%') ? Uri.UnescapeDataString(value) : value;

    private static string Shorten(ReadOnlySpan<char> text) => text.Length <= 64 ? text.ToString() : $"{text[..64]}…";

    private readonly string DescribeMissing()
    {
        var missing = string.Empty;
        missing += AccessKeyId.IsEmpty ? "Authorization header requires 'Credential' parameter. " : string.Empty;
        missing += Signature.IsEmpty ? "Authorization header requires 'Signature' parameter. " : string.Empty;
        missing += SignedHeaders.IsEmpty ? "Authorization header requires 'SignedHeaders' parameter. " : string.Empty;
        return missing.TrimEnd();
    }

    [UnscopedRef]
    private ref ReadOnlySpan<char> HeaderSlotOf(ReadOnlySpan<char> name, out bool wanted)
    {
        wanted = true;
        switch (name)
        {
            case "Credential":
                return ref AccessKeyId;
            case "SignedHeaders":
                return ref SignedHeaders;
            case "Signature":
                return ref Signature;
            default:
                wanted = false;
                return ref Signature;
        }
    }

    [UnscopedRef]
    private ref ReadOnlySpan<char> QuerySlotOf(ReadOnlySpan<char> name, out bool wanted)
    {
        wanted = true;
        switch (name)
        {
            case "X-Amz-Credential":
                return ref AccessKeyId;
            case "X-Amz-SignedHeaders":
                return ref SignedHeaders;
            case "X-Amz-Signature":
                return ref Signature;
            case "X-Amz-Security-Token":
                return ref Token;
            case "X-Amz-Date":
                return ref Timestamp;
            case "X-Amz-Expires":
                return ref Expires;
            default:
                wanted = false;
                return ref Expires;
        }
    }

    private string? DivideCredential()
    {
        var credential = AccessKeyId;
        var terminator = credential.LastIndexOf('/');
        var service = terminator < 0 ? -1 : credential[..terminator].LastIndexOf('/');
        var region = service < 0 ? -1 : credential[..service].LastIndexOf('/');
        var date = region < 0 ? -1 : credential[..region].LastIndexOf('/');
        if (date <= 0)
        {
            return "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
                + $"got '{Shorten(credential)}'.";
        }

        AccessKeyId = credential[..date];
        Scope = credential[(date + 1)..];
        Date = credential[(date + 1)..region];
        Region = credential[(region + 1)..service];
        Service = credential[(service + 1)..terminator];
        return credential[(terminator + 1)..] is not SigningKey.Terminator
            ? "Credential should be scoped with a valid terminator: 'aws4_request', "
                + $"not '{Shorten(credential[(terminator + 1)..])}'."
            : Region.IsEmpty || Service.IsEmpty || Date.IsEmpty
            ? "Credential has an empty date, region or service in its scope."
            : null;
    }
}
