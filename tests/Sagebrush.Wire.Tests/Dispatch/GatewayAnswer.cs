using System.Text.RegularExpressions;

namespace Sagebrush.Wire.Tests.Dispatch;

/// <summary>What a gateway answered.</summary>
internal sealed partial record GatewayAnswer(int Status, string Body, string? RequestId, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The error's code, in whichever protocol it came.</summary>
    public string? Code => ErrorCode().Match(Body) is { Success: true } match ? match.Groups["json"].Value + match.Groups["xml"].Value : null;

    public static async Task<GatewayAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase);
        var id = headers.GetValueOrDefault("x-amzn-RequestId") ?? headers.GetValueOrDefault("x-amz-request-id");
        return new GatewayAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken), id, headers);
    }

    [GeneratedRegex("\"__type\":\"(?<json>[^\"]+)\"|<Code>(?<xml>[^<]+)</Code>")]
    private static partial Regex ErrorCode();
}
