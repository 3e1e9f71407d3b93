using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Ecr.Lifecycle;

/// <summary>Which images a policy lets expire.</summary>
internal static class LifecyclePlan
{
    /// <summary>The images that expire and the priorities of the rules that say so, oldest push first.</summary>
    /// <remarks>
    /// Each rule counts all images it is about, whatever other rules do with them; but an image is in the hands of the first rule that is about
    /// it. Images that an index is made of stay as long as the index does. Source: "Lifecycle policy evaluation rules" of ECR.
    /// </remarks>
    public static IReadOnlyList<(Stored<ImageDocument> Image, int Priority)> Make(LifecyclePolicy policy, StoredImages images, DateTimeOffset now)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var expiring = new Dictionary<string, (Stored<ImageDocument> Image, int Priority)>(StringComparer.Ordinal);
        var newestFirst = images.Images.OrderByDescending(image => image.Created).ThenByDescending(image => image.Document.Digest, StringComparer.Ordinal).ToList();
        foreach (var rule in policy.Rules)
        {
            var concerned = newestFirst.Where(image => rule.Concerns([.. images.Tags[image.Document.Digest]])).ToList();
            var chosen = rule.Count is { } count
                ? concerned.Skip(count)
                : concerned.Where(image => now - (rule.SincePulled ? image.Document.LastPull ?? image.Created : image.Created) > rule.Age);
            foreach (var image in chosen.Where(image => !taken.Contains(image.Document.Digest)))
            {
                expiring[image.Document.Digest] = (image, rule.Priority);
            }

            taken.UnionWith(concerned.Select(image => image.Document.Digest));
        }

        // An index that stays keeps its images.
        var held = images.Images.Where(image => !expiring.ContainsKey(image.Document.Digest)).SelectMany(image => image.Document.Images).ToHashSet(StringComparer.Ordinal);
        return [.. expiring.Values.Where(one => !held.Contains(one.Image.Document.Digest)).OrderBy(one => one.Image.Created)];
    }
}
