using System.Text;
using System.Text.Json;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3.Settings;

/// <summary>The form of a bucket policy, as far as it is checked when it is put.</summary>
/// <param name="IsPublic">Whether it lets anybody in.</param>
internal sealed record PolicyDocument(bool IsPublic)
{
    private const int LargestDocument = 20 * 1024;
    private const string S3Arn = "arn:aws:s3:::";

    private static readonly string[] Versions = ["2012-10-17", "2008-10-17"];

    /// <exception cref="ServiceException">It is no policy for this bucket.</exception>
    public static PolicyDocument Parse(string text, string bucket)
    {
        if (Encoding.UTF8.GetByteCount(text) > LargestDocument)
        {
            throw Malformed($"Policies must be at most {LargestDocument} bytes long");
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw Malformed("Policies must be valid JSON and the first byte must be '{'");
            }

            if (root.TryGetProperty("Version", out var version) && (version.ValueKind != JsonValueKind.String || !Versions.Contains(version.GetString())))
            {
                throw Malformed("The policy must contain a valid version string");
            }

            if (!root.TryGetProperty("Statement", out var statements))
            {
                throw Malformed("Missing required field Statement");
            }

            var isPublic = false;
            foreach (var statement in statements.ValueKind == JsonValueKind.Array ? statements.EnumerateArray().AsEnumerable() : [statements])
            {
                isPublic |= CheckStatement(statement, bucket);
            }

            return new(isPublic);
        }
        catch (JsonException)
        {
            throw Malformed("This policy contains invalid Json");
        }
    }

    private static bool CheckStatement(JsonElement statement, string bucket)
    {
        if (statement.ValueKind != JsonValueKind.Object)
        {
            throw Malformed("Policy has invalid syntax");
        }

        var effect = Required(statement, "Effect");
        if (effect is not { ValueKind: JsonValueKind.String } || effect.GetString() is not ("Allow" or "Deny"))
        {
            throw Malformed($"Invalid effect : {effect}");
        }

        var principal = Required(statement, "Principal", "NotPrincipal");
        if (effect.GetString() == "Allow" && statement.TryGetProperty("NotPrincipal", out _))
        {
            throw Malformed("Allow with NotPrincipal is not allowed.");
        }

        if (Texts(Required(statement, "Action", "NotAction")).Any(action => action != "*" && !action.StartsWith("s3:", StringComparison.OrdinalIgnoreCase)))
        {
            throw Malformed("Policy has invalid action");
        }

        if (Texts(Required(statement, "Resource", "NotResource")).Any(resource => !IsOf(resource, bucket)))
        {
            throw Malformed("Policy has invalid resource");
        }

        var everybody = principal.ValueKind == JsonValueKind.Object
            ? principal.TryGetProperty("AWS", out var accounts) && Texts(accounts).Contains("*")
            : Texts(principal).Contains("*");
        return everybody && effect.GetString() == "Allow" && !statement.TryGetProperty("Condition", out _);
    }

    private static bool IsOf(string resource, string bucket)
    {
        if (!resource.StartsWith(S3Arn, StringComparison.Ordinal))
        {
            return resource == "*";
        }

        var path = resource.AsSpan(S3Arn.Length);
        var slash = path.IndexOf('/');
        var name = slash < 0 ? path : path[..slash];
        return name.SequenceEqual(bucket) || name.ContainsAny('*', '?');
    }

    private static JsonElement Required(JsonElement statement, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (statement.TryGetProperty(name, out var value))
            {
                return value;
            }
        }

        throw Malformed($"Missing required field {names[0]}");
    }

    private static List<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. value.EnumerateArray().Select(item => item.GetString()!)],
        _ => throw Malformed("Policy has invalid syntax"),
    };

    private static ServiceException Malformed(string message) => new("MalformedPolicy", message);
}
