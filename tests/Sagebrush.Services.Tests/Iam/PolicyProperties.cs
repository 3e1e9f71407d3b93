using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Sagebrush.Services.Iam.Policies;

namespace Sagebrush.Services.Tests.Iam;

/// <summary>Patterns say what a regular expression says; documents are read or refused, and nothing else comes out.</summary>
public sealed class PolicyProperties
{
    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", ":", ",", "\"Statement\"", "\"Effect\"", "\"Allow\"", "\"Deny\"", "\"Action\"", "\"NotAction\"", "\"s3:*\"", "\"Resource\"", "\"*\"", "\"Principal\"", "\"AWS\"",
        "\"Condition\"", "\"StringEquals\"", "\"IpAddress\"", "\"DateLessThan\"", "\"aws:SourceIp\"", "\"10.0.0.0/8\"", "\"10.0.0.0/99\"", "\"/\"", "1", "1e999", "null", "true", "\"${aws:username\"", "\"\\ud800\"", " ",
    ];

    [Fact]
    public void Matches_AnyPatternAndText_SaysWhatARegularExpressionSays()
    {
        var texts = Gen.Elements('a', 'b', 'c', ':', '/').ListOf().Select(letters => new string([.. letters]));
        var patterns = Gen.Elements('a', 'b', '*', '*', '?', ':', '/').ListOf().Select(letters => new string([.. letters]));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Arb.From(patterns), Arb.From(texts), (pattern, text) =>
        {
            var expected = Regex.IsMatch(text, $@"\A{Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal)}\z");
            return PolicyPattern.Parse(pattern).Matches(text, new Facts()) == expected;
        }));
    }

    [Fact]
    public void Matches_VariableWithWildcards_IsTakenLiterally()
    {
        var pattern = PolicyPattern.Parse("home/${aws:username}/*");

        Assert.True(pattern.Matches("home/a*/x", new Facts(("aws:username", "a*"))));
        Assert.False(pattern.Matches("home/abc/x", new Facts(("aws:username", "a*"))));
        Assert.False(pattern.Matches("home//x", new Facts()));
        Assert.True(PolicyPattern.Parse("${aws:username, 'nobody'}").Matches("nobody", new Facts()));
        Assert.True(PolicyPattern.Parse("${*}${?}${$}").Matches("*?$", new Facts()));
    }

    [Fact]
    public void Matches_ManyStars_EndsSoon() =>
        Assert.False(PolicyPattern.Parse(string.Concat(Enumerable.Repeat("*a", 500)) + "b").Matches(new string('a', 5000), new Facts()));

    [Fact]
    public void Parse_Garbage_IsReadOrRefused() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5000),
        Prop.ForAll(Arb.From(Gen.Elements(Fragments).ListOf()), pieces => Read(string.Concat(pieces))));

    [Fact]
    public void Parse_DamagedPolicies_AreReadOrRefused()
    {
        const string Whole = """{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":["*"]},"Action":["s3:*","x:y"],"Resource":"arn:*","Condition":{"StringLikeIfExists":{"s3:prefix":["a","b"]},"NumericLessThan":{"s3:max-keys":10}}}]}""";
        var damages = from at in Gen.Choose(0, Whole.Length - 1) from length in Gen.Choose(0, 12) from piece in Gen.Elements(Fragments) select (at, length, piece);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll(
            Arb.From(damages), damage => Read(Whole.Remove(damage.at, Math.Min(damage.length, Whole.Length - damage.at)).Insert(damage.at, damage.piece))));
    }

    [Fact]
    public void Judge_DenyAndAllow_DenyWinsInAnyOrder()
    {
        const string Allow = """{"Effect":"Allow","Action":"*","Resource":"*"}""";
        const string Deny = """{"Effect":"Deny","Action":"s3:Delete*","Resource":"*"}""";
        foreach (var statements in (string[])[$"{Allow},{Deny}", $"{Deny},{Allow}"])
        {
            var policy = Policy.Parse($$"""{"Statement":[{{statements}}]}""");
            Assert.Equal(PolicyVerdict.Denied, policy.Judge("s3:DeleteObject", "arn:aws:s3:::a/b", new Facts()));
            Assert.Equal(PolicyVerdict.Allowed, policy.Judge("S3:getobject", "arn:aws:s3:::a/b", new Facts()));
        }
    }

    // The table in IAM's documentation: what each operator says to a key that is missing.
    [Theory]
    [InlineData("StringEquals", false)]
    [InlineData("StringNotEquals", true)]
    [InlineData("StringEqualsIfExists", true)]
    [InlineData("ForAllValues:StringEquals", true)]
    [InlineData("ForAnyValue:StringEquals", false)]
    [InlineData("NotIpAddress", true)]
    [InlineData("ArnLike", false)]
    public void Holds_KeyIsMissing_DependsOnTheOperator(string name, bool holds) =>
        Assert.Equal(holds, ConditionOperators.Make(name, "aws:none", [name == "NotIpAddress" ? "10.0.0.0/8" : "x"]).Holds(new Facts()));

    private static bool Read(string document)
    {
        try
        {
            Policy.Parse(document).Judge("s3:GetObject", "arn:aws:s3:::a/b", new Facts(("aws:SourceIp", "10.1.2.3"), ("s3:max-keys", "x")));
        }
        catch (FormatException)
        {
            // Refused as it should be.
        }

        return true;
    }

    private sealed class Facts(params (string Key, string Value)[] known) : IRequestFacts
    {
        public IReadOnlyList<string>? Values(string key) => known.FirstOrDefault(fact => fact.Key == key).Value is { } value ? [value] : null;
    }
}
