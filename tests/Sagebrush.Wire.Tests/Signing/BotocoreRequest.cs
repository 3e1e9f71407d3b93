using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sagebrush.Wire.Signing;
using Xunit;

namespace Sagebrush.Wire.Tests.Signing;

/// <summary>A request that botocore signed, as <c>botocore_requests.py</c> prints it.</summary>
internal sealed record BotocoreRequest(string Service, string Method, string Target, string[][] Headers, byte[] Body)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>When it was signed.</summary>
    public DateTimeOffset Time
    {
        get
        {
            var at = Target.IndexOf("X-Amz-Date=", StringComparison.Ordinal);
            var text = at >= 0
                ? Target.Substring(at + "X-Amz-Date=".Length, AmzDate.Length)
                : Headers.Single(header => header[0] == "X-Amz-Date")[1];
            return DateTimeOffset.ParseExact(text, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        }
    }

    public HttpRequest ToRequest() =>
        Requests.Make(Method, Target, [.. Headers.Select(header => (header[0], header[1]))]).WithBody(Body);

    /// <summary>Lets botocore sign; skips the test where python3 has no boto3.</summary>
    public static async Task<IReadOnlyList<BotocoreRequest>> MakeAsync(int seed, int count, CancellationToken cancellationToken)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Signing", "botocore_requests.py");
        var start = new ProcessStartInfo("python3", [script, $"{seed}", $"{count}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var lines = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        var problem = await errors;
        Assert.SkipWhen(problem.Contains("ModuleNotFoundError", StringComparison.Ordinal), "python3 has no boto3.");
        Assert.True(process.ExitCode == 0, problem);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<BotocoreRequest>(line, Json)!)];
    }
}
