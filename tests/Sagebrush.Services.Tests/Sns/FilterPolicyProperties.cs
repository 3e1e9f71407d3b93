using FsCheck;
using FsCheck.Fluent;
using Sagebrush.Services.Sns;
using Sagebrush.Services.Sns.Filtering;

namespace Sagebrush.Services.Tests.Sns;

/// <summary>Filter policies are read or refused, and then answer for any message.</summary>
public sealed class FilterPolicyProperties
{
    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", ":", ",", "\"a\"", "\"$or\"", "\"prefix\"", "\"suffix\"", "\"anything-but\"", "\"numeric\"", "\">\"", "\"=\"", "1", "-2.5", "1e999", "\"exists\"", "true", "false", "null",
        "\"cidr\"", "\"10.0.0.0/8\"", "\"equals-ignore-case\"", "\"\\ud800\"", " ",
    ];

    [Theory]
    [InlineData("MessageAttributes")]
    [InlineData("MessageBody")]
    public void Parse_Garbage_IsReadOrRefused(string scope)
    {
        const string Whole = """{"a":["b",{"prefix":"c"},{"numeric":[">",1,"<=",5]},{"anything-but":["x"]}],"$or":[{"b":[1]},{"c":[{"exists":false}]}]}""";
        var damages = from at in Gen.Choose(0, Whole.Length - 1) from length in Gen.Choose(0, 9) from piece in Gen.Elements(Fragments) select (at, length, piece);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(4000), Prop.ForAll(Arb.From(damages), Arb.From(Gen.Elements(Fragments).ListOf()), (damage, pieces) =>
            Read(Whole.Remove(damage.at, Math.Min(damage.length, Whole.Length - damage.at)).Insert(damage.at, damage.piece), scope) && Read(string.Concat(pieces), scope)));
    }

    [Theory]
    [InlineData("""{"a":{"b":["x"]}}""")]
    [InlineData("""{"a":"x"}""")]
    [InlineData("""{"a":[]}""")]
    [InlineData("""{"a":[{"numeric":["<",1,">",0]}]}""")]
    [InlineData("""{"a":[{"numeric":[">=",5,"<",1]}]}""")]
    [InlineData("""{"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]}""")]
    public void Parse_WhatAttributesCannotHave_IsRefused(string policy) =>
        Assert.Throws<FormatException>(() => FilterPolicy.Parse(policy, null));

    private static bool Read(string policy, string scope)
    {
        try
        {
            FilterPolicy.Parse(policy, scope).Accepts(new TopicMessage("""{"a":["b",{"c":1}],"b":null}""")
            {
                Attributes = new Dictionary<string, MessageAttribute> { ["a"] = new("String.Array", "[\"x\", 1, {}]"), ["b"] = new("Number", "1"), ["c"] = new("Binary", "AA==") },
            });
        }
        catch (FormatException)
        {
            // Refused as it should be.
        }

        return true;
    }
}
