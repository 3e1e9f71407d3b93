using System.Text.Json;

namespace Sagebrush.Services.Iam.Policies;

/// <summary>A policy document, read once and compiled. Immutable.</summary>
internal sealed class Policy
{
    private static readonly string[] Versions = ["2012-10-17", "2008-10-17"];

    private Policy(IReadOnlyList<PolicyStatement> statements, IReadOnlySet<string> keys) => (Statements, ConditionKeys) = (statements, keys);

    public IReadOnlyList<PolicyStatement> Statements { get; }

    /// <summary>The condition keys it looks at, variables left out.</summary>
    public IReadOnlySet<string> ConditionKeys { get; }

    /// <summary>Reads a document.</summary>
    /// <exception cref="FormatException">It is none; the message says why, in IAM's words.</exception>
    public static Policy Parse(string document)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("Statement", out var statements))
            {
                throw new FormatException("Syntax errors in policy: it must be a JSON object with a Statement.");
            }

            if (root.TryGetProperty("Version", out var version)
                && (version.ValueKind != JsonValueKind.String || !Versions.Contains(version.GetString())))
            {
                throw new FormatException($"The policy must contain a valid version string: {string.Join(" or ", Versions)}.");
            }

            List<PolicyStatement> read = statements.ValueKind switch
            {
                JsonValueKind.Object => [StatementReader.Read(statements)],
                JsonValueKind.Array => [.. statements.EnumerateArray().Select(StatementReader.Read)],
                _ => throw new FormatException("Syntax errors in policy: Statement must be an object or a list of objects."),
            };
            return new Policy(read, read.SelectMany(s => s.Conditions).Select(c => c.Key).ToHashSet(StringComparer.OrdinalIgnoreCase));
        }
        catch (JsonException)
        {
            throw new FormatException("This policy contains invalid Json");
        }
        catch (InvalidOperationException)
        {
            // A text in JSON that is no text, such as half a surrogate pair.
            throw new FormatException("This policy contains invalid Json");
        }
    }

    /// <summary>What the policy says to an action on a resource, leaving principals aside.</summary>
    public PolicyVerdict Judge(string action, string resource, IRequestFacts facts) => Judge(action, resource, facts, static _ => true);

    /// <summary>What the policy says to an action on a resource.</summary>
    /// <param name="action">The action, such as <c>s3:GetObject</c>.</param>
    /// <param name="resource">The resource's ARN.</param>
    /// <param name="facts">What is known of the request.</param>
    /// <param name="concerns">Whether a statement is about the caller.</param>
    public PolicyVerdict Judge(string action, string resource, IRequestFacts facts, Func<PolicyStatement, bool> concerns)
    {
        var verdict = PolicyVerdict.Silent;
        foreach (var statement in Statements)
        {
            if ((statement.Allows && verdict == PolicyVerdict.Allowed) || !concerns(statement) || !statement.Covers(action, resource, facts))
            {
                continue;
            }

            if (!statement.Allows)
            {
                return PolicyVerdict.Denied;
            }

            verdict = PolicyVerdict.Allowed;
        }

        return verdict;
    }
}
