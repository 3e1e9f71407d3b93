using System.Net;
using System.Text.Json;

namespace Sagebrush.Services.Sns.Filtering;

/// <summary>Reads filter policies.</summary>
internal sealed class FilterPolicyParser(bool nests, int maxDepth)
{
    private const double Bound = 1e9;

    /// <summary>How many combinations of conditions there are: those of all keys, multiplied.</summary>
    public long Conditions { get; private set; } = 1;

    public int Keys { get; private set; }

    /// <exception cref="FormatException">This is no policy.</exception>
    public FilterGroup Group(JsonElement element, int depth)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("Filter policy must be a JSON object");
        }

        if (depth > maxDepth)
        {
            throw new FormatException("Filter policy nests too deep");
        }

        return new FilterGroup([.. element.EnumerateObject().Select(member => Rule(member, depth))]);
    }

    private FilterRule Rule(JsonProperty member, int depth)
    {
        if (member.Name == "$or" && member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() > 1
            && member.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object))
        {
            return new FilterRule(member.Name) { AnyOf = [.. member.Value.EnumerateArray().Select(item => Group(item, depth + 1))] };
        }

        if (member.Value.ValueKind == JsonValueKind.Object)
        {
            return nests
                ? new FilterRule(member.Name) { Below = Group(member.Value, depth + 1) }
                : throw new FormatException("Filter policy scope MessageAttributes does not support nested filter policy");
        }

        if (member.Value.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException($"\"{member.Name}\" must be an object or an array");
        }

        if (member.Value.GetArrayLength() == 0)
        {
            throw new FormatException("Empty arrays are not allowed");
        }

        Keys++;
        Conditions = Math.Min(Conditions * member.Value.GetArrayLength(), int.MaxValue);
        return new FilterRule(member.Name) { Conditions = [.. member.Value.EnumerateArray().Select(Condition)] };
    }

    private static FilterCondition Condition(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return Exactly(element);
        }

        using var members = element.EnumerateObject();
        if (!members.MoveNext())
        {
            throw new FormatException("Unrecognized match type: an empty object");
        }

        var (name, value) = (members.Current.Name, members.Current.Value);
        return members.MoveNext() ? throw new FormatException("Only one key allowed in match expression") : Condition(name, value);
    }

    private static FilterCondition Condition(string name, JsonElement value) => name switch
    {
        "exists" => value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? new FilterCondition.Exists(value.GetBoolean())
            : throw new FormatException("exists match pattern must be either true or false."),
        "prefix" => new FilterCondition.Prefix(Text(name, value)),
        "suffix" => new FilterCondition.Suffix(Text(name, value)),
        "equals-ignore-case" => new FilterCondition.IgnoringCase(Text(name, value)),
        "cidr" => IPNetwork.TryParse(Text(name, value), out var network)
            ? new FilterCondition.Network(network)
            : throw new FormatException("Malformed CIDR, one '/' required"),
        "numeric" => Numeric(value),
        "anything-but" => AnythingBut(value),
        _ => throw new FormatException($"Unrecognized match type {name}"),
    };

    private static FilterCondition.AnythingBut AnythingBut(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array when value.GetArrayLength() > 0 => new([.. value.EnumerateArray().Select(Exactly)]),
        JsonValueKind.Object => new([Condition(value)]),
        JsonValueKind.String or JsonValueKind.Number => new([Exactly(value)]),
        _ => throw new FormatException("Value of anything-but must be an array or single string/number value."),
    };

    private static FilterCondition Exactly(JsonElement value) => JsonSource.Values(value) is [var only] && value.ValueKind != JsonValueKind.Array
        ? new FilterCondition.Exactly(only)
        : throw new FormatException("Match value must be String, number, true, false, or null");

    private static string Text(string name, JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
        ? text
        : throw new FormatException($"{name} match pattern must be a string");

    private static FilterCondition.Numeric Numeric(JsonElement value)
    {
        var parts = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToList() : [];
        if (parts.Count is not (2 or 4))
        {
            throw new FormatException("Invalid member in numeric match: value must be a list of one or two comparisons");
        }

        var condition = new FilterCondition.Numeric(double.NegativeInfinity, false, double.PositiveInfinity, false);
        for (var i = 0; i < parts.Count; i += 2)
        {
            if (parts[i].ValueKind != JsonValueKind.String || parts[i + 1].ValueKind != JsonValueKind.Number
                || !parts[i + 1].TryGetDouble(out var bound) || Math.Abs(bound) > Bound)
            {
                throw new FormatException("Value of numeric must be comparisons with numbers from -10^9 to 10^9");
            }

            condition = (parts[i].GetString(), parts.Count) switch
            {
                ("=", 2) => new FilterCondition.Numeric(bound, true, bound, true),
                (">", _) when i == 0 => condition with { Least = bound },
                (">=", _) when i == 0 => condition with { Least = bound, LeastIncluded = true },
                ("<", _) when i == parts.Count - 2 => condition with { Most = bound },
                ("<=", _) when i == parts.Count - 2 => condition with { Most = bound, MostIncluded = true },
                var (sign, _) => throw new FormatException($"Unrecognized numeric range operator: {sign}"),
            };
        }

        return condition.Least > condition.Most ? throw new FormatException("Bottom must be less than top") : condition;
    }
}
