using Sagebrush.Services.Hosting.Explaining;

namespace Sagebrush.Services.Tests.Hosting.Explaining;

public sealed class TextUnitsTests
{
    [Theory]
    [InlineData("token", "Don't stop, it's 3.5 well-made.", "Don't|stop|,|it's|3.5|well-made|.")]
    [InlineData("token", "很好 ok", "很|好|ok")]
    [InlineData("token", "", "")]
    [InlineData("sentence", "It is good. \"Is it?\" Yes! At 3.5 euros", "It is good.|\"Is it?\"|Yes!|At 3.5 euros")]
    [InlineData("sentence", "很好。不贵。", "很好。|不贵。")]
    [InlineData("paragraph", "One. Two.\n\n  Three\r\nFour ", "One. Two.|Three|Four")]
    public void Of_Text_IsCutByGranularity(string granularity, string text, string expected)
    {
        var units = TextUnits.Of(text, granularity);

        Assert.Equal(expected, string.Join('|', units.Select(unit => unit.Text)));
        Assert.All(units, unit => Assert.Equal(unit.Text, text[unit.Start..unit.End]));
    }

    [Fact]
    public void Of_CharactersBeyondTheBasicPlane_CountAsOne() =>
        Assert.Equal(["😀 0", "fine 2"], TextUnits.Of("😀 fine", "token").Select(unit => $"{unit.Text} {unit.StartIndex}"));

    [Theory]
    [InlineData("[MASK]", "a [MASK] c")]
    [InlineData("", "a c")]
    public void Replace_AbsentUnit_IsMaskedOrGone(string mask, string expected) =>
        Assert.Equal(expected, TextUnits.Replace("a bee c", TextUnits.Of("a bee c", "token"), [true, false, true], mask));
}
