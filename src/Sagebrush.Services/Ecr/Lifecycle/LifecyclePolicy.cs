using System.Text.Json;

using Sagebrush.Contracts.Ecr;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr.Lifecycle;

/// <summary>A lifecycle policy, read and checked.</summary>
/// <param name="Rules">Its rules by priority.</param>
internal sealed record LifecyclePolicy(IReadOnlyList<LifecycleRule> Rules)
{
    private const int MaxRules = 50;

    /// <summary>Reads a policy.</summary>
    /// <exception cref="ServiceException"><c>InvalidParameterException</c>; the message says what is wrong with it.</exception>
    public static LifecyclePolicy Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = Demand(document.RootElement, "the policy", "rules");
            if (!root.TryGetProperty("rules", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            {
                throw Invalid("'rules' must be a list of at least one rule");
            }

            if (list.GetArrayLength() > MaxRules)
            {
                throw Invalid($"a policy has {MaxRules} rules at most");
            }

            var rules = list.EnumerateArray().Select(Read).OrderBy(rule => rule.Priority).ToList();
            CheckTogether(rules);
            return new LifecyclePolicy(rules);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw Invalid($"it is no JSON: {problem.Message}");
        }
    }

    private static LifecycleRule Read(JsonElement element)
    {
        var rule = Demand(element, "a rule", "rulePriority", "description", "selection", "action");
        var priority = Number(rule, "rulePriority");
        var action = Demand(rule.TryGetProperty("action", out var found) ? found : default, "'action'", "type");
        if (Text(action, "type") != "expire")
        {
            throw Invalid("the 'type' of 'action' must be 'expire'");
        }

        var selection = Demand(
            rule.TryGetProperty("selection", out var chosen) ? chosen : default, "'selection'", "tagStatus", "tagPrefixList", "tagPatternList", "countType", "countUnit", "countNumber");
        var status = Text(selection, "tagStatus") switch
        {
            "tagged" => LifecycleTagStatus.Tagged,
            "untagged" => LifecycleTagStatus.Untagged,
            "any" => LifecycleTagStatus.Any,
            _ => throw Invalid("'tagStatus' must be 'tagged', 'untagged' or 'any'"),
        };
        var prefixes = Texts(selection, "tagPrefixList");
        var patterns = Texts(selection, "tagPatternList");
        if (status == LifecycleTagStatus.Tagged ? prefixes.Count > 0 == patterns.Count > 0 : prefixes.Count + patterns.Count > 0)
        {
            throw Invalid("'tagStatus' 'tagged' needs either 'tagPrefixList' or 'tagPatternList'; other statuses have neither");
        }

        var number = Number(selection, "countNumber");
        var type = Text(selection, "countType");
        var unit = Text(selection, "countUnit");
        if (type is not ("imageCountMoreThan" or "sinceImagePushed" or "sinceImagePulled"))
        {
            throw Invalid("'countType' must be 'imageCountMoreThan', 'sinceImagePushed' or 'sinceImagePulled'");
        }

        if (type == "imageCountMoreThan" ? unit is not null : unit != "days")
        {
            throw Invalid("'countUnit' is 'days' for ages and absent for 'imageCountMoreThan'");
        }

        return new LifecycleRule
        {
            Priority = priority,
            TagStatus = status,
            TagPatterns = [.. prefixes.Select(prefix => prefix + "*"), .. patterns],
            Count = type == "imageCountMoreThan" ? number : null,
            Age = type == "imageCountMoreThan" ? null : TimeSpan.FromDays(number),
            SincePulled = type == "sinceImagePulled",
        };
    }

    private static void CheckTogether(List<LifecycleRule> rules)
    {
        if (rules.GroupBy(rule => rule.Priority).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw Invalid($"rulePriority {twice.Key} is there twice");
        }

        if (rules.FindIndex(rule => rule.TagStatus == LifecycleTagStatus.Any) is var any && any >= 0 && any < rules.Count - 1)
        {
            throw Invalid("the rule with 'tagStatus' 'any' must be the only one and have the highest rulePriority");
        }
    }

    private static JsonElement Demand(JsonElement element, string what, params string[] members)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Invalid($"{what} is missing or no object");
        }

        return element.EnumerateObject().FirstOrDefault(member => !members.Contains(member.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown
            ? throw Invalid($"{what} has no member '{unknown.Name}'")
            : element;
    }

    private static int Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number is >= 1 and <= 1_000_000
            ? number
            : throw Invalid($"'{name}' must be a whole number from 1 on");

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : throw Invalid($"'{name}' must be a text") : null;

    private static List<string> Texts(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var list) ? []
        : list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String && item.GetString()!.Length > 0)
            ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
            : throw Invalid($"'{name}' must be a list of texts");

    private static ServiceException Invalid(string why) => EcrErrors.InvalidParameterException(
        $"Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: {why}'");
}
