using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Wire.Tests.Signing;

/// <summary>Builds requests as Kestrel hands them over.</summary>
internal static class Requests
{
    /// <summary>The credentials of AWS's published examples.</summary>
    public static Credential Example() => new(
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        new Principal("123456789012", "arn:aws:iam::123456789012:root", "123456789012"));

    /// <summary>The moment of S3's published examples.</summary>
    public static DateTimeOffset ExampleTime { get; } = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);

    public static HttpRequest Make(string method, string target, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        context.Request.Method = method;
        foreach (var (name, value) in headers)
        {
            // Not Append: unlike Kestrel it drops an empty value that another follows.
            context.Request.Headers[name] = StringValues.Concat(context.Request.Headers[name], value);
        }

        return context.Request;
    }

    public static HttpRequest WithBody(this HttpRequest request, byte[] body)
    {
        request.Body = new MemoryStream(body);
        request.ContentLength = body.Length;
        return request;
    }

    /// <summary>Copies what <see cref="SigV4Signer"/> made into the form the verifier reads.</summary>
    public static HttpRequest From(HttpRequestMessage message)
    {
        var request = Make(message.Method.Method, message.RequestUri!.PathAndQuery);
        var all = message.Content is null
            ? message.Headers.NonValidated
            : message.Headers.NonValidated.Concat(message.Content.Headers.NonValidated);
        foreach (var (name, values) in all)
        {
            request.Headers[name] = values.ToArray();
        }

        return request;
    }

    public static async Task<string> ReadTextAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, cancellationToken);
        return Encoding.UTF8.GetString(copy.ToArray());
    }
}
