using System.Text.Json;

namespace Sagebrush.Services.Sns.Filtering;

/// <summary>Which messages a subscriber wants: conditions on attributes, or on members of a JSON message.</summary>
/// <remarks>
/// All keys of a policy must match; of a key's conditions one. Source: "Amazon SNS subscription filter policies". Immutable.
/// </remarks>
internal sealed class FilterPolicy
{
    private const int MaxConditions = 150;

    private const int MaxKeys = 5;

    private const int MaxDepth = 20;

    private readonly FilterGroup _root;

    private readonly bool _looksAtBody;

    private FilterPolicy(FilterGroup root, bool looksAtBody) => (_root, _looksAtBody) = (root, looksAtBody);

    /// <summary>Reads a policy.</summary>
    /// <param name="json">The policy.</param>
    /// <param name="scope"><c>MessageAttributes</c> or <c>MessageBody</c>.</param>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static FilterPolicy Parse(string json, string? scope)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var looksAtBody = scope == "MessageBody";
            var parser = new FilterPolicyParser(looksAtBody, MaxDepth);
            var root = parser.Group(document.RootElement, 1);
            return parser.Conditions > MaxConditions ? throw new FormatException("Filter policy is too complex")
                : parser.Keys > MaxKeys ? throw new FormatException($"Filter policy can not have more than {MaxKeys} keys")
                : new FilterPolicy(root, looksAtBody);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter for texts that are none, such as half a surrogate pair.
            throw new FormatException("failed to parse JSON");
        }
    }

    /// <summary>Whether the subscriber wants a message.</summary>
    public bool Accepts(TopicMessage message)
    {
        if (!_looksAtBody)
        {
            return _root.Matches(new AttributeSource(message.Attributes));
        }

        try
        {
            using var body = JsonDocument.Parse(message.Text);
            return _root.Matches(new JsonSource(body.RootElement));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A policy about members finds none in a message that is no JSON.
            return false;
        }
    }
}
