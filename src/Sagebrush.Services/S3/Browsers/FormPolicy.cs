using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3.Browsers;

/// <summary>What whoever made a form allows its user to send.</summary>
internal sealed class FormPolicy
{
    /// <summary>Fields that need no condition; nor do checksums, which allow nothing.</summary>
    private static readonly string[] Free = ["awsaccesskeyid", "signature", "x-amz-signature", "policy", "file", "submit"];

    /// <summary>The one form of a time that S3 takes, with or without a fraction.</summary>
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    private readonly List<(string Operator, string Field, string Value)> _conditions = [];

    private FormPolicy(DateTimeOffset expiration) => Expiration = expiration;

    /// <summary>Until when it holds.</summary>
    public DateTimeOffset Expiration { get; }

    /// <summary>The fewest bytes of the file.</summary>
    public long LeastBytes { get; private set; }

    /// <summary>The most bytes of the file.</summary>
    public long MostBytes { get; private set; } = long.MaxValue;

    /// <exception cref="ServiceException">It is no policy.</exception>
    public static FormPolicy Parse(string base64)
    {
        try
        {
            using var document = JsonDocument.Parse(Convert.FromBase64String(base64));
            var root = document.RootElement;
            var expiration = Property(root, "expiration") is { ValueKind: JsonValueKind.String } text
                && DateTimeOffset.TryParseExact(text.GetString(), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                    ? time
                    : throw Invalid("Policy missing expiration.");
            var policy = new FormPolicy(expiration);
            if (Property(root, "conditions") is not { ValueKind: JsonValueKind.Array } conditions)
            {
                throw Invalid("Policy missing conditions.");
            }

            foreach (var condition in conditions.EnumerateArray())
            {
                policy.Add(condition);
            }

            return policy;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException)
        {
            throw Invalid("Invalid JSON.");
        }
    }

    /// <summary>Holds the fields of a form against the conditions.</summary>
    /// <exception cref="ServiceException">One does not hold, a field has no condition, or the time is over.</exception>
    public void Require(IReadOnlyDictionary<string, string> fields, DateTimeOffset now)
    {
        if (Expiration < now)
        {
            throw Denied("Policy expired.");
        }

        foreach (var (operation, field, value) in _conditions)
        {
            var present = fields.GetValueOrDefault(field) ?? "";
            if (operation == "eq" ? present != value : !StartsWith(field, present, value))
            {
                throw Denied($"Policy Condition failed: [\"{operation}\", \"${field}\", \"{value}\"]");
            }
        }

        foreach (var field in fields.Keys.Select(name => name.ToLowerInvariant()))
        {
            if (!Free.Contains(field)
                && !field.StartsWith("x-ignore-", StringComparison.Ordinal)
                && !field.StartsWith(AnnouncedChecksum.Prefix, StringComparison.Ordinal)
                && !_conditions.Exists(condition => condition.Field == field))
            {
                throw Denied($"Extra input fields: {field}");
            }
        }
    }

    /// <remarks>A list of content types must begin so in each of its entries.</remarks>
    private static bool StartsWith(string field, string present, string value) => field == "content-type"
        ? present.Split(',').All(entry => entry.StartsWith(value, StringComparison.Ordinal))
        : present.StartsWith(value, StringComparison.Ordinal);

    private void Add(JsonElement condition)
    {
        if (condition.ValueKind == JsonValueKind.Object)
        {
            _conditions.Add(condition.EnumerateObject().ToList() is [{ Value.ValueKind: JsonValueKind.String } only]
                ? ("eq", only.Name.ToLowerInvariant(), only.Value.GetString()!)
                : throw Invalid("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."));
            return;
        }

        if (condition.ValueKind != JsonValueKind.Array || condition.GetArrayLength() != 3)
        {
            throw Invalid("Invalid condition.");
        }

        var operation = condition[0].GetString()?.ToLowerInvariant();
        switch (operation)
        {
            case "content-length-range":
                (LeastBytes, MostBytes) = (Number(condition[1]), Number(condition[2]));
                break;
            case "eq" or "starts-with" when condition[1].GetString() is ['$', .. var field] && condition[2].GetString() is { } value:
                _conditions.Add((operation, field.ToLowerInvariant(), value));
                break;
            default:
                throw Invalid($"Invalid condition operator: {operation}");
        }
    }

    private static JsonElement? Property(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) ? value : null;

    private static long Number(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Invalid("Invalid content-length-range.");
    }

    private static ServiceException Invalid(string reason) => new("InvalidPolicyDocument", $"Invalid Policy: {reason}");

    private static ServiceException Denied(string reason) =>
        new("AccessDenied", $"Invalid according to Policy: {reason}", StatusCodes.Status403Forbidden);
}
