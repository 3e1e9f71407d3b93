using System.Text.RegularExpressions;

using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Tests.Contracts;
using Xunit;

namespace Sagebrush.Wire.Tests.Validation;

/// <summary>The models' patterns mean in .NET what they mean in Java.</summary>
public sealed class JavaPatternTests
{
    [Fact]
    public void MatchesPattern_EveryPatternOfEveryContract_Compiles()
    {
        var failures = new SortedSet<string>(StringComparer.Ordinal);
        var patterns = 0;
        foreach (var member in AllMembers())
        {
            if (member.Constraints?.Pattern is { } pattern)
            {
                patterns++;
                try
                {
                    member.Constraints.MatchesPattern("a");
                }
                catch (RegexParseException e)
                {
                    failures.Add($"{pattern}: {e.Message}");
                }
            }
        }

        Assert.Empty(failures);
        Assert.True(patterns > 1000, $"Only {patterns} patterns were found.");
    }

    [Theory]
    [InlineData(@"\p{ASCII}*", "a~\u0000\u007f", true)]
    [InlineData(@"\p{ASCII}*", "é", false)]
    [InlineData(@"\A\S[\p{Print}]*\z", "a b", true)]
    [InlineData(@"\A\S[\p{Print}]*\z", " a", false)]
    [InlineData(@"\A\S[\p{Print}]*\z", "a\tb", false)]
    [InlineData(@"arn:[\p{Alnum}\-]+:lambda:.*", "arn:aws-cn:lambda:x", true)]
    [InlineData(@"arn:[\p{Alnum}\-]+:lambda:.*", "arn:äws:lambda:x", false)]
    [InlineData(@"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "Größe 中 1_@", true)]
    [InlineData(@"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "a!", false)]
    [InlineData(@"[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]*", "a\u0301 €!", true)]
    [InlineData(@"\d{12}", "123456789012", true)]
    [InlineData(@"\d{12}", "١٢٣٤٥٦٧٨٩٠١٢", false)]
    [InlineData(@"[\w-]+", "a_1-B", true)]
    [InlineData(@"[\w-]+", "ä", false)]
    [InlineData(@"\W\D\S", "ä-x", true)]
    [InlineData(@"\s", "\u00a0", false)]
    [InlineData(".*", "one line", true)]
    [InlineData(".*", "two\nlines", false)]
    [InlineData(".*", "two\rlines", false)]
    [InlineData("[.]*", "..", true)]
    [InlineData(@"[A-Za-z0-9\_\-]+", "a_b-c", true)]
    [InlineData(@"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*", "plain 🌿 text", true)]
    [InlineData(@"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*", "\u0001", false)]
    [InlineData("^a$", "a\n", false)]
    [InlineData("a|ab", "ab", true)]
    [InlineData(@"^(?!\s*$).+", "  ", false)]
    public void MatchesPattern_JavasDialect_IsUnderstood(string pattern, string value, bool matches) =>
        Assert.Equal(matches, new Constraints(pattern: pattern).MatchesPattern(value));

    [Theory]
    [InlineData("(a+)+b")]
    [InlineData("(a|a)*b")]
    [InlineData("(.*a){20}b")]
    public async Task MatchesPattern_CatastrophicPattern_EndsAsNoMatch(string pattern)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var match = Task.Run(() => new Constraints(pattern: pattern).MatchesPattern(new string('a', 5000)), cancellationToken);

        Assert.False(await match.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken));
    }

    private static IEnumerable<Member> AllMembers() => ContractCatalog.Shapes
        .SelectMany(type => ContractCatalog.New(type).Schema.Members.ToArray())
        .SelectMany(Within);

    private static IEnumerable<Member> Within(Member member)
    {
        yield return member;
        foreach (var inner in new[] { member.Element, member.Key, member.Value }.OfType<Member>().SelectMany(Within))
        {
            yield return inner;
        }
    }
}
