using System.Text.Json;

namespace Sagebrush.Services.Iam.Policies;

/// <summary>Reads one statement of a policy.</summary>
internal static class StatementReader
{
    private static readonly string[] Known =
        ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"];

    /// <exception cref="FormatException">It is none; the message says why, in IAM's words.</exception>
    public static PolicyStatement Read(JsonElement statement)
    {
        if (statement.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("Syntax errors in policy: each Statement must be an object.");
        }

        if (statement.EnumerateObject().FirstOrDefault(member => !Known.Contains(member.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } strange)
        {
            throw new FormatException($"Syntax errors in policy: a Statement has no element {strange.Name}.");
        }

        if (!statement.TryGetProperty("Effect", out var effect) || effect.ValueKind != JsonValueKind.String || effect.GetString() is not ("Allow" or "Deny"))
        {
            throw new FormatException("Syntax errors in policy: the Effect of each Statement must be Allow or Deny.");
        }

        var (actions, notActions) = Either(statement, "Action") ?? throw new FormatException("Policy statement must contain actions.");
        if (actions.FirstOrDefault(action => action != "*" && !action.Contains(':', StringComparison.Ordinal)) is { } bare)
        {
            throw new FormatException($"Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: {bare}");
        }

        var resources = Either(statement, "Resource");
        var principals = Principals(statement, out var notPrincipals);
        return new PolicyStatement
        {
            Sid = statement.TryGetProperty("Sid", out var sid) && sid.ValueKind == JsonValueKind.String ? sid.GetString() : null,
            Allows = effect.GetString() == "Allow",
            Actions = [.. actions.Select(PolicyPattern.Parse)],
            NotActions = notActions,
            Resources = resources is { } named ? [.. named.Values.Select(PolicyPattern.Parse)] : null,
            NotResources = resources is { Reversed: true },
            Principals = principals,
            NotPrincipals = notPrincipals,
            Conditions = statement.TryGetProperty("Condition", out var conditions) ? Conditions(conditions) : [],
        };
    }

    private static (List<string> Values, bool Reversed)? Either(JsonElement statement, string name)
    {
        var plain = statement.TryGetProperty(name, out var values);
        var reversed = statement.TryGetProperty("Not" + name, out var others);
        return (plain, reversed) switch
        {
            (true, true) => throw new FormatException($"Syntax errors in policy: a Statement has either {name} or Not{name}."),
            (true, false) => (Texts(name, values), false),
            (false, true) => (Texts("Not" + name, others), true),
            _ => null,
        };
    }

    private static PolicyPrincipals? Principals(JsonElement statement, out bool reversed)
    {
        reversed = statement.TryGetProperty("NotPrincipal", out var principal);
        if (!reversed && !statement.TryGetProperty("Principal", out principal))
        {
            return null;
        }

        if (principal.ValueKind == JsonValueKind.String && principal.GetString() == "*")
        {
            return new PolicyPrincipals(true, [], [], []);
        }

        if (principal.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("Invalid principal in policy: it must be \"*\" or an object.");
        }

        if (principal.EnumerateObject().FirstOrDefault(kind => kind.Name is not ("AWS" or "Service" or "Federated" or "CanonicalUser"))
            is { Value.ValueKind: not JsonValueKind.Undefined } strange)
        {
            throw new FormatException($"Invalid principal in policy: \"{strange.Name}\".");
        }

        var aws = Of("AWS");
        return new PolicyPrincipals(aws.Contains("*"), aws, Of("Service"), Of("Federated"));

        List<string> Of(string kind) => principal.TryGetProperty(kind, out var named) ? Texts("Principal", named) : [];
    }

    private static List<PolicyCondition> Conditions(JsonElement conditions)
    {
        if (conditions.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("Syntax errors in policy: Condition must be an object.");
        }

        var read = new List<PolicyCondition>();
        foreach (var comparison in conditions.EnumerateObject())
        {
            if (comparison.Value.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException($"Syntax errors in policy: {comparison.Name} must be an object.");
            }

            read.AddRange(comparison.Value.EnumerateObject().Select(key => ConditionOperators.Make(comparison.Name, key.Name, Texts(key.Name, key.Value))));
        }

        return read;
    }

    private static List<string> Texts(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number => [value.GetRawText()],
        JsonValueKind.Array => [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Array ? throw Wrong(name) : Texts(name, item)[0])],
        _ => throw Wrong(name),
    };

    private static FormatException Wrong(string name) => new($"Syntax errors in policy: {name} must be a text or a list of texts.");
}
