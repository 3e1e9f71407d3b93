using Sagebrush.Contracts.Sts;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Sts;

/// <summary>The tags of sessions, of which transitive ones go on to roles that are assumed from there.</summary>
internal static class SessionTags
{
    private const int MaxTags = 50;

    public static (IReadOnlyDictionary<string, string> Tags, string[] Transitive) Of(AssumeRoleRequest request, SessionTerms? caller)
    {
        var tags = Read(request.Tags);
        foreach (var key in caller?.TransitiveTagKeys ?? [])
        {
            if (tags.ContainsKey(key))
            {
                throw new ServiceException("InvalidParameterValue", $"One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session: {key}");
            }

            tags[key] = caller!.Tags[key];
        }

        var transitive = (request.TransitiveTagKeys ?? []).Concat(caller?.TransitiveTagKeys ?? []).Distinct(StringComparer.Ordinal).ToArray();
        return transitive.FirstOrDefault(key => !tags.ContainsKey(key)) is { } missing
            ? throw new ServiceException("InvalidParameterValue", $"The specified transitive tag key must be included in the requested tags: {missing}")
            : (tags, transitive);
    }

    public static Dictionary<string, string> Read(List<Tag>? tags)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags ?? [])
        {
            if (!read.TryAdd(tag.Key, tag.Value))
            {
                throw new ServiceException("InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
            }
        }

        return read.Count <= MaxTags ? read : throw new ServiceException("ValidationError", $"A session can have {MaxTags} tags at most.");
    }
}
