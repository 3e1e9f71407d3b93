using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Wire.Benchmarks;

/// <summary>What checking a signature costs a request, beside the hashing that no implementation can avoid.</summary>
[Config(typeof(Config))]
[MemoryDiagnoser]
public class SignatureBenchmarks
{
    private readonly byte[] _body = new byte[200];
    private readonly byte[] _canonical = new byte[320];
    private readonly byte[] _digest = new byte[32];
    private SigV4Verifier _verifier = null!;
    private HttpRequest _invoke = null!;
    private HttpRequest _s3 = null!;
    private HttpRequest _presigned = null!;
    private HttpRequest _forged = null!;

    /// <summary>Signs the requests once; they stay valid while the benchmark runs.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var credential = new Credential(
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            new Principal("123456789012", "arn:aws:iam::123456789012:root", "123456789012"));
        _verifier = new SigV4Verifier(new OneCredential(credential), TimeProvider.System);
        _invoke = Signed(credential, "sagemaker", "http://127.0.0.1:8080/endpoints/demo/invocations", Convert.ToHexStringLower(SHA256.HashData(_body)), keepHash: false);
        _s3 = Signed(credential, "s3", "http://127.0.0.1:8080/bucket/folder/object?partNumber=1&uploadId=abc", "UNSIGNED-PAYLOAD", keepHash: true);
        _forged = Signed(new Credential(credential.AccessKeyId, "guess", credential.Principal), "sagemaker", "http://127.0.0.1:8080/", "UNSIGNED-PAYLOAD", keepHash: true);
        var presigned = new SigV4Signer(credential, "s3", "us-east-1", TimeProvider.System)
            .Presign(HttpMethod.Get, new Uri("http://127.0.0.1:8080/bucket/object"), TimeSpan.FromDays(1));
        _presigned = Request("GET", presigned.PathAndQuery);
        _presigned.Headers.Host = presigned.Authority;
        if (!_verifier.Verify(_invoke, _body).IsValid || !_verifier.VerifyHead(_s3).IsValid || !_verifier.VerifyHead(_presigned).IsValid)
        {
            throw new InvalidOperationException("The benchmark's own requests are not valid.");
        }
    }

    /// <summary>The two SHA-256 and the one HMAC every small request needs.</summary>
    [Benchmark(Baseline = true)]
    public int HashingAlone()
    {
        SHA256.HashData(_body, _digest);
        SHA256.HashData(_canonical, _digest);
        return HMACSHA256.HashData(_digest, _canonical.AsSpan(0, 150), _digest);
    }

    /// <summary>A small InvokeEndpoint as boto3 signs it.</summary>
    [Benchmark]
    public bool InvokeEndpoint() => _verifier.Verify(_invoke, _body).IsValid;

    /// <summary>An S3 request with a query and an unsigned payload.</summary>
    [Benchmark]
    public bool S3Head() => _verifier.VerifyHead(_s3).IsValid;

    /// <summary>A presigned GET.</summary>
    [Benchmark]
    public bool Presigned() => _verifier.VerifyHead(_presigned).IsValid;

    /// <summary>What a stranger with a wrong secret costs us.</summary>
    [Benchmark]
    public bool WrongSecret() => _verifier.Verify(_forged, _body).IsValid;

    private static HttpRequest Signed(Credential credential, string service, string address, string hash, bool keepHash)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, address);
        if (keepHash)
        {
            new SigV4Signer(credential, service, "us-east-1", TimeProvider.System).Sign(message, hash);
        }
        else
        {
            SignAsBoto3(message, credential, service, hash);
        }

        var request = Request("POST", message.RequestUri!.PathAndQuery);
        request.Headers.UserAgent = "Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux md/arch#x86_64 lang/python#3.11.7";
        request.Headers.ContentType = "text/csv";
        foreach (var (name, values) in message.Headers.NonValidated)
        {
            request.Headers[name] = values.ToArray();
        }

        return request;
    }

    /// <summary>boto3 leaves x-amz-content-sha256 out for services other than S3.</summary>
    private static void SignAsBoto3(HttpRequestMessage message, Credential credential, string service, string hash)
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var canonical = $"POST\n{message.RequestUri!.AbsolutePath}\n\ncontent-type:text/csv\nhost:127.0.0.1:8080\nx-amz-date:{now}\n\ncontent-type;host;x-amz-date\n{hash}";
        var scope = $"{now[..8]}/us-east-1/{service}/aws4_request";
        byte[] key = [.. "AWS4"u8, .. System.Text.Encoding.ASCII.GetBytes(credential.SecretAccessKey)];
        foreach (var part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, System.Text.Encoding.ASCII.GetBytes(part));
        }

        var text = $"AWS4-HMAC-SHA256\n{now}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(canonical)))}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, System.Text.Encoding.ASCII.GetBytes(text)));
        message.Headers.Host = "127.0.0.1:8080";
        message.Headers.Add("X-Amz-Date", now);
        message.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={credential.AccessKeyId}/{scope}, SignedHeaders=content-type;host;x-amz-date, Signature={signature}");
    }

    private static HttpRequest Request(string method, string target)
    {
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        context.Request.Method = method;
        return context.Request;
    }

    private sealed class OneCredential(Credential only) : ICredentialSource
    {
        public CredentialStatus Find(ReadOnlySpan<char> accessKeyId, ReadOnlySpan<char> sessionToken, [MaybeNull] out Credential credential)
        {
            credential = only;
            return accessKeyId.SequenceEqual(only.AccessKeyId) ? CredentialStatus.Found : CredentialStatus.UnknownAccessKey;
        }
    }

    private sealed class Config : ManualConfig
    {
        // In this process: nothing is generated or built, and a run takes seconds.
        public Config() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
    }
}
