using System.Text.RegularExpressions;
using Xunit;

namespace Sagebrush.Architecture.Tests;

/// <summary>Guards the pages against growing stale: what they name must be there.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] TopFolders = ["src", "tests", "docs", "bench", "examples", "api", "eng", ".ci"];

    public static TheoryData<string> Pages() => [.. Repository.Pages()];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_OfAPage_LeadSomewhere(string page)
    {
        var folder = Path.GetDirectoryName(page) ?? "";
        var broken = from Match link in Link().Matches(WithoutFences(Repository.Read(page)))
                     let target = link.Groups["target"].Value
                     where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
                     where !LeadsSomewhere(page, folder, target)
                     select target;

        Assert.Empty(broken);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Paths_InAPage_Exist(string page)
    {
        var missing = from Match span in CodeSpan().Matches(WithoutFences(Repository.Read(page)))
                      let path = span.Groups["code"].Value
                      where TopFolders.Contains(path.Split('/')[0]) && PlainPath().IsMatch(path) && !path.Split('/').Any(IsPlaceholder)
                      where !Repository.Exists(path)
                      select path;

        Assert.Empty(missing);
    }

    /// <summary>Pages about the code name types and members; each must still occur in the code or in AWS's API models.</summary>
    [Theory]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/architecture.md")]
    public void Names_InAPageAboutTheCode_AreKnown(string page)
    {
        if (!Repository.Exists(page))
        {
            Assert.Skip($"{page} is not written yet.");
        }

        var named = CodeSpan().Matches(WithoutFences(Repository.Read(page)))
            .Select(span => span.Groups["code"].Value.Split('<')[0])
            .Where(name => TypeName().IsMatch(name))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var file in Repository.Code().Concat(Repository.Files("api", ".json")))
        {
            if (named.Count == 0)
            {
                break;
            }

            var text = Repository.Read(file);
            named.RemoveWhere(name => Regex.IsMatch(text, $@"\b{Regex.Escape(name)}\b", RegexOptions.CultureInvariant));
        }

        Assert.Empty(named);
    }

    /// <summary>A word in capitals stands for what the reader puts there.</summary>
    private static bool IsPlaceholder(string segment) => segment.Length > 2 && segment.All(char.IsAsciiLetterUpper);

    private static bool LeadsSomewhere(string page, string folder, string target)
    {
        var (path, anchor) = target.Split('#', 2) is [var before, var after] ? (before, after) : (target, null);
        var file = path.Length == 0 ? page : Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, folder, path)).Replace('\\', '/');
        return Repository.Exists(file) && (anchor is null || !file.EndsWith(".md", StringComparison.Ordinal) || Anchors(file).Contains(anchor));
    }

    private static IEnumerable<string> Anchors(string page) =>
        Heading().Matches(WithoutFences(Repository.Read(page)))
            .Select(heading => NotInAnchors().Replace(heading.Groups["title"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static string WithoutFences(string text) => Fence().Replace(text, "");

    [GeneratedRegex(@"^(?<fence>```+).*?^\k<fence>", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`(?<code>[^`\n]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"^[\w./-]+$")]
    private static partial Regex PlainPath();

    [GeneratedRegex(@"^I?[A-Z][a-z0-9]+([A-Z][a-z0-9]+)+$")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^#+\s+(?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
