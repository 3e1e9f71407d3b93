using System.Text.Json;

namespace Sagebrush.Services.Sns;

/// <summary>When a delivery over HTTP is tried again; <c>healthyRetryPolicy</c> in SNS's delivery policies.</summary>
/// <param name="MinDelay">The shortest wait, in seconds.</param>
/// <param name="MaxDelay">The longest wait, in seconds.</param>
/// <param name="Retries">Tries after the first, in all.</param>
/// <param name="WithoutDelay">Of these, how many come at once.</param>
/// <param name="AtMinDelay">How many then wait the shortest time.</param>
/// <param name="AtMaxDelay">How many in the end wait the longest time.</param>
/// <param name="Backoff">How the wait grows between: <c>linear</c>, <c>arithmetic</c>, <c>geometric</c> or <c>exponential</c>.</param>
internal sealed record RetryPolicy(int MinDelay, int MaxDelay, int Retries, int WithoutDelay, int AtMinDelay, int AtMaxDelay, string Backoff)
{
    private const int MaxRetries = 100;

    private const int MaxSeconds = 3600;

    /// <summary>What SNS does unless told otherwise.</summary>
    public static RetryPolicy Default { get; } = new(20, 20, 3, 0, 0, 0, "linear");

    /// <summary>For endpoints that are no customer's: a mail server, an SMS gateway.</summary>
    public static RetryPolicy Patient { get; } = new(10, 600, 50, 2, 8, 20, "exponential");

    /// <summary>Reads a delivery policy, of a subscription or, under <c>http.defaultHealthyRetryPolicy</c>, of a topic.</summary>
    /// <returns>The policy, or null where the text does not hold one.</returns>
    /// <exception cref="FormatException">It breaks SNS's limits; the message says how.</exception>
    public static RetryPolicy? Parse(string json)
    {
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(json);
            root = document.RootElement.Clone();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new FormatException("failed to parse JSON");
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("the delivery policy must be a JSON object");
        }

        return root.TryGetProperty("healthyRetryPolicy", out var policy)
            || (root.TryGetProperty("http", out var http) && http.ValueKind == JsonValueKind.Object && http.TryGetProperty("defaultHealthyRetryPolicy", out policy))
            ? Read(policy)
            : null;
    }

    /// <summary>How long to wait after so many failures, or null when there were enough.</summary>
    public TimeSpan? DelayAfter(int failures)
    {
        if (failures > Retries)
        {
            return null;
        }

        var step = failures - WithoutDelay;
        if (step <= 0)
        {
            return TimeSpan.Zero;
        }

        if (step <= AtMinDelay)
        {
            return TimeSpan.FromSeconds(MinDelay);
        }

        step -= AtMinDelay;
        var growing = Retries - WithoutDelay - AtMinDelay - AtMaxDelay;
        if (step > growing)
        {
            return TimeSpan.FromSeconds(MaxDelay);
        }

        var part = growing <= 1 ? 0 : (step - 1) / (double)(growing - 1);
        var range = MaxDelay - MinDelay;
        return TimeSpan.FromSeconds(MinDelay + (range * Backoff switch
        {
            "arithmetic" => part * (part + 1) / 2,
            "geometric" => part * part,
            "exponential" => (Math.Pow(2, 10 * part) - 1) / 1023,
            _ => part,
        }));
    }

    private static RetryPolicy? Read(JsonElement policy)
    {
        if (policy.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (policy.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("healthyRetryPolicy must be an object");
        }

        var read = new RetryPolicy(
            Number(policy, "minDelayTarget", 1, MaxSeconds, Default.MinDelay),
            Number(policy, "maxDelayTarget", 1, MaxSeconds, Default.MaxDelay),
            Number(policy, "numRetries", 0, MaxRetries, Default.Retries),
            Number(policy, "numNoDelayRetries", 0, MaxRetries, 0),
            Number(policy, "numMinDelayRetries", 0, MaxRetries, 0),
            Number(policy, "numMaxDelayRetries", 0, MaxRetries, 0),
            policy.TryGetProperty("backoffFunction", out var backoff) && backoff.ValueKind == JsonValueKind.String ? backoff.GetString()! : Default.Backoff);
        return read.MinDelay > read.MaxDelay ? throw new FormatException("maxDelayTarget must be greater than or equal to minDelayTarget")
            : read.WithoutDelay + read.AtMinDelay + read.AtMaxDelay > read.Retries
            ? throw new FormatException("numRetries must be greater than or equal to total of numMinDelayRetries, numNoDelayRetries and numMaxDelayRetries")
            : read.Backoff is not ("linear" or "arithmetic" or "geometric" or "exponential")
            ? throw new FormatException("backoffFunction must be one of: linear, arithmetic, geometric, exponential")
            : read;
    }

    private static int Number(JsonElement policy, string name, int least, int most, int usual) =>
        !policy.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? usual
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number
        : throw new FormatException($"{name} must be a whole number from {least} to {most}");
}
