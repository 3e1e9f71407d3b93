using System.Text;
using Microsoft.AspNetCore.Http;
using Sagebrush.Testing;
using Sagebrush.Wire.Signing;
using Xunit;

namespace Sagebrush.Wire.Tests.Signing;

/// <summary>botocore is the judge: what it signs must pass, and the same with one bit changed must not.</summary>
public sealed class BotocoreTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_RequestsBotocoreSigned_AreValidAndBreakWithOneBit()
    {
        var random = new Random(17);
        foreach (var sample in await BotocoreRequest.MakeAsync(seed: 7, count: 400, Cancelled))
        {
            var verifier = new SigV4Verifier(new SingleCredential(Requests.Example()), new ManualTimeProvider(sample.Time));

            Assert.True(await AcceptsAsync(verifier, sample.ToRequest(), sample), $"Refused: {sample}");
            Assert.False(await AcceptsAsync(verifier, Flip(sample, random), sample), $"Accepted though changed: {sample}");
        }
    }

    private static async Task<bool> AcceptsAsync(SigV4Verifier verifier, HttpRequest request, BotocoreRequest sample)
    {
        if (sample.Service != "s3")
        {
            return verifier.Verify(request, await ReadAsync(request.Body)).IsValid;
        }

        var result = verifier.VerifyHead(request);
        if (!result.IsValid)
        {
            return false;
        }

        try
        {
            await ReadAsync(SigV4Verifier.OpenBody(request, result));
            return true;
        }
        catch (PayloadException)
        {
            return false;
        }
    }

    private static async Task<byte[]> ReadAsync(Stream body)
    {
        using var copy = new MemoryStream();
        await body.CopyToAsync(copy, Cancelled);
        return copy.ToArray();
    }

    /// <summary>Changes one bit of something the signature covers: the path, a signed header, the signature or the signed body.</summary>
    private static HttpRequest Flip(BotocoreRequest sample, Random random)
    {
        var presigned = sample.Target.Contains("X-Amz-Signature", StringComparison.Ordinal);
        var mode = sample.Headers.FirstOrDefault(header => header[0] == "X-Amz-Content-SHA256")?[1];
        var bodySigned = sample.Body.Length > 0 && mode?.Length is null or 64;
        switch (random.Next(3))
        {
            case 0 when bodySigned && !presigned:
                var body = (byte[])sample.Body.Clone();
                body[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
                return (sample with { Body = body }).ToRequest();
            case 1 when !presigned:
                return FlipHeader(sample, random);
            default:
                // A letter more at the path's end is always another resource; a bit flipped inside could leave a malformed target.
                var end = sample.Target.IndexOf('?', StringComparison.Ordinal);
                return (sample with { Target = sample.Target.Insert(end < 0 ? sample.Target.Length : end, "x") }).ToRequest();
        }
    }

    private static HttpRequest FlipHeader(BotocoreRequest sample, Random random)
    {
        var authorization = sample.Headers.Single(header => header[0] == "Authorization")[1];
        var signed = authorization.Split("SignedHeaders=")[1].Split(',')[0].Split(';');
        var candidates = sample.Headers
            .Where(header => signed.Contains(header[0].ToLowerInvariant()) || header[0] == "Authorization")
            .Where(header => header[1].Length > 0)
            .ToArray();
        var chosen = candidates[random.Next(candidates.Length)];
        var text = new StringBuilder(chosen[1]);
        var last = text.Length - 1;
        text[last] = (char)(text[last] ^ 1);
        var headers = sample.Headers.Select(header => ReferenceEquals(header, chosen) ? [chosen[0], text.ToString()] : header).ToArray();
        return (sample with { Headers = headers }).ToRequest();
    }
}
