using System.Text.Json;

using Sagebrush.Contracts.Iam;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Iam;

/// <summary>Checks the form of policy documents. What they allow is not enforced: whoever holds a key owns the account.</summary>
internal static class PolicyDocument
{
    private static readonly string[] Versions = ["2012-10-17", "2008-10-17"];

    /// <summary>Checks a policy given to a user or role.</summary>
    /// <exception cref="ServiceException"><c>MalformedPolicyDocument</c>.</exception>
    public static void Check(string document)
    {
        if (Problem(document) is { } problem)
        {
            throw IamErrors.MalformedPolicyDocumentException(problem);
        }
    }

    /// <summary>What is wrong with the document, or null.</summary>
    public static string? Problem(string document)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("Statement", out var statements))
            {
                return "Syntax errors in policy: it must be a JSON object with a Statement.";
            }

            if (root.TryGetProperty("Version", out var version)
                && (version.ValueKind != JsonValueKind.String || !Versions.Contains(version.GetString())))
            {
                return $"The policy must contain a valid version string: {string.Join(" or ", Versions)}.";
            }

            return statements.ValueKind switch
            {
                JsonValueKind.Object => Problem(statements),
                JsonValueKind.Array => statements.EnumerateArray().Select(Problem).FirstOrDefault(problem => problem is not null),
                _ => "Syntax errors in policy: Statement must be an object or a list of objects.",
            };
        }
        catch (JsonException)
        {
            return "This policy contains invalid Json";
        }
    }

    private static string? Problem(JsonElement statement) =>
        statement.ValueKind != JsonValueKind.Object ? "Syntax errors in policy: each Statement must be an object."
        : !statement.TryGetProperty("Effect", out var effect) || effect.ValueKind != JsonValueKind.String || effect.GetString() is not ("Allow" or "Deny")
            ? "Syntax errors in policy: the Effect of each Statement must be Allow or Deny."
        : !statement.TryGetProperty("Action", out _) && !statement.TryGetProperty("NotAction", out _)
            ? "Policy statement must contain actions."
        : null;
}
