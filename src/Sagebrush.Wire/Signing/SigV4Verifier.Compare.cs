using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Sagebrush.Wire.Signing;

public sealed partial class SigV4Verifier
{
    private static bool IsS3(ReadOnlySpan<char> service) => service is "s3" or "s3express" or "s3-object-lambda" or "s3-outposts";

    private static bool TryReadSignedHeaders(
        HttpRequest request, in PresentedSignature presented, out SignedHeaderList? list, out SignatureResult refusal)
    {
        refusal = default;
        list = SignedHeaderList.Parse(presented.SignedHeaders);
        if (list is null)
        {
            return Fail(SignatureOutcome.Malformed, presented, "SignedHeaders must be lower-case names separated by semicolons.", out refusal);
        }

        var unsigned = !list.HasHost ? "host"
            : !list.HasTarget && request.Headers.ContainsKey("x-amz-target") ? "x-amz-target"
            : !list.HasToken && request.Headers.ContainsKey("x-amz-security-token") ? "x-amz-security-token"
            : IsS3(presented.Service) ? FindUnsignedHeader(request, list, presented.Presigned)
            : null;
        if (unsigned is not null)
        {
            refusal = Refuse(SignatureOutcome.UnsignedHeader, presented, subject: unsigned);
            return false;
        }

        return true;
    }

    /// <summary>S3 refuses any x-amz-… header outside the signature: such a header could change what the request does.</summary>
    private static string? FindUnsignedHeader(HttpRequest request, SignedHeaderList list, bool presigned)
    {
        foreach (var (name, _) in request.Headers)
        {
            if (!name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var lower = name.ToLowerInvariant();
            if (!list.Contains(lower) && !(presigned && lower is PayloadHash.Header) && lower is not "x-amz-date")
            {
                return lower;
            }
        }

        return null;
    }

    /// <summary>Finds the last line of the canonical request and what it promises; null means the hash of the given body.</summary>
    private static bool TryReadPayloadTerms(
        HttpRequest request,
        in PresentedSignature presented,
        in Body body,
        out string? payloadHash,
        out PayloadTerms terms,
        out SignatureResult refusal)
    {
        refusal = default;
        terms = default;
        var headers = request.Headers[PayloadHash.Header];
        payloadHash = headers.Count > 0 ? headers[0] : null;
        if (payloadHash is null)
        {
            return TryAssumePayloadTerms(request, presented, body, ref payloadHash, ref terms, ref refusal);
        }

        if (headers.Count > 1 || !PayloadHash.TryReadMode(payloadHash, out var mode))
        {
            return Fail(SignatureOutcome.InvalidPayloadHash, presented, payloadHash, out refusal);
        }

        long length = 0;
        if (mode is PayloadMode.SignedChunks or PayloadMode.SignedChunksWithTrailer or PayloadMode.UnsignedChunksWithTrailer
            && !long.TryParse(
                request.Headers["x-amz-decoded-content-length"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out length))
        {
            return Fail(SignatureOutcome.InvalidDecodedLength, presented, null, out refusal);
        }

        if (mode == PayloadMode.SignedHash && body.IsKnown)
        {
            Span<byte> actual = stackalloc byte[SHA256.HashSizeInBytes];
            PayloadHash.Hash(body.Bytes, actual);
            if (!Hexadecimal.FixedTimeEquals(actual, payloadHash))
            {
                return Fail(SignatureOutcome.PayloadHashMismatch, presented, null, out refusal);
            }
        }

        terms = new PayloadTerms
        {
            Mode = mode,
            ExpectedHash = mode == PayloadMode.SignedHash && !body.IsKnown ? payloadHash : null,
            DecodedLength = length,
        };
        return true;
    }

    private static bool TryAssumePayloadTerms(
        HttpRequest request,
        in PresentedSignature presented,
        in Body body,
        ref string? payloadHash,
        ref PayloadTerms terms,
        ref SignatureResult refusal)
    {
        if (IsS3(presented.Service))
        {
            // S3 signs no body into a presigned URL, and wants the header in every other request.
            payloadHash = PayloadHash.Unsigned;
            terms = new PayloadTerms { Mode = PayloadMode.Unsigned };
            return presented.Presigned || Fail(SignatureOutcome.MissingPayloadHash, presented, null, out refusal);
        }

        if (!body.IsKnown)
        {
            payloadHash = PayloadHash.OfNothing;
            terms = new PayloadTerms { ExpectedHash = payloadHash };
        }

        return true;
    }

    private SignatureResult Compare(ref Attempt attempt, in PayloadTerms terms)
    {
        var presented = attempt.Presented;
        var known = attempt.Credential.FindSigningKey(presented.Scope);
        var key = known ?? SigningKey.Derive(
            attempt.Credential.SecretAccessKey, presented.Date.ToString(), presented.Region.ToString(), presented.Service.ToString());
        var buffer = new CanonicalBuffer(stackalloc byte[2048]);
        try
        {
            Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
            attempt.Sign(ref buffer, key, verbatim: false, signature, out var requestLength);
            var matches = Hexadecimal.FixedTimeEquals(signature, presented.Signature);
            if (!matches && IsS3(presented.Service) | attempt.Target.Query.Length > 0)
            {
                // Some clients sign the target as they send it, without escaping it anew. That text means the same resource.
                var verbatim = new CanonicalBuffer(stackalloc byte[512]);
                try
                {
                    attempt.Sign(ref verbatim, key, verbatim: true, signature, out _);
                    matches = Hexadecimal.FixedTimeEquals(signature, presented.Signature);
                }
                finally
                {
                    verbatim.Dispose();
                }
            }

            if (!matches)
            {
                return Mismatch(presented, buffer.Written, requestLength);
            }

            if (known is null)
            {
                attempt.Credential.Remember(key);
            }

            attempt.SignedHeaders.Remember();

            return new SignatureResult(attempt.Credential, key, presented.Presigned, Chained(terms, key, presented, attempt.Time));
        }
        finally
        {
            buffer.Dispose();
        }
    }

    private static PayloadTerms Chained(in PayloadTerms terms, SigningKey key, in PresentedSignature presented, DateTimeOffset time) =>
        terms.Mode is PayloadMode.SignedChunks or PayloadMode.SignedChunksWithTrailer
            ? terms with { Chain = new ChunkSignatureChain(key, AmzDate.ToString(time), presented.Signature.ToString()) }
            : terms;

    private static SignatureResult Mismatch(in PresentedSignature presented, ReadOnlySpan<byte> texts, int requestLength) =>
        new(SignatureOutcome.Mismatch, new SignatureFailure
        {
            AccessKeyId = presented.AccessKeyId.ToString(),
            SignatureProvided = presented.Signature.ToString(),
            Presigned = presented.Presigned,
            CanonicalRequest = Encoding.UTF8.GetString(texts[..requestLength]),
            StringToSign = Encoding.UTF8.GetString(texts[requestLength..]),
        });

    /// <summary>A body in memory, or none.</summary>
    private readonly struct Body(ReadOnlySequence<byte> bytes)
    {
        public ReadOnlySequence<byte> Bytes { get; } = bytes;

        public bool IsKnown { get; } = true;
    }

    /// <summary>Everything a signature is computed from.</summary>
    private ref struct Attempt
    {
        public HttpRequest Request;
        public RequestTarget Target;
        public PresentedSignature Presented;
        public Credential Credential;
        public SignedHeaderList SignedHeaders;
        public string? PayloadHash;
        public Body Body;
        public DateTimeOffset Time;

        /// <summary>Writes the canonical request and, after it, the string to sign into the buffer, and signs the latter.</summary>
        public readonly void Sign(
            ref CanonicalBuffer buffer, SigningKey key, bool verbatim, Span<byte> signature, out int requestLength)
        {
            buffer.Append(Request.Method);
            buffer.Append((byte)'\n');
            AppendPath(ref buffer, verbatim);
            buffer.Append((byte)'\n');
            CanonicalQuery.Append(ref buffer, Target.Query, verbatim);
            buffer.Append((byte)'\n');
            foreach (var name in SignedHeaders.Names)
            {
                CanonicalHeaders.Append(ref buffer, name, Request.Headers[name]);
            }

            buffer.Append((byte)'\n');
            buffer.Append(SignedHeaders.Text);
            buffer.Append((byte)'\n');
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            if (PayloadHash is not null)
            {
                buffer.Append(PayloadHash);
            }
            else
            {
                Signing.PayloadHash.Hash(Body.Bytes, hash);
                buffer.AppendHex(hash);
            }

            requestLength = buffer.Length;
            SHA256.HashData(buffer.Written, hash);
            StringToSign.Append(ref buffer, Algorithm, Time, key.Scope);
            buffer.AppendHex(hash);
            HMACSHA256.HashData(key.Key, buffer.Written[requestLength..], signature);
        }

        private readonly void AppendPath(ref CanonicalBuffer buffer, bool verbatim)
        {
            if (!IsS3(Presented.Service))
            {
                CanonicalPath.Append(ref buffer, Target.Path);
            }
            else if (verbatim)
            {
                buffer.Append(Target.Path);
            }
            else
            {
                CanonicalPath.AppendForS3(ref buffer, Target.Path);
            }
        }
    }
}
