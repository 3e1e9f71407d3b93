using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sagebrush.Learning.Tables;
using Xunit;

namespace Sagebrush.Learning.Tests.Tables;

public sealed class NumberTextTests
{
    [Fact]
    public void Scan_AnyDouble_IsReadAsTheRuntimeReadsIt() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll(ArbMap.Default.ArbFor<NormalFloat>(), number =>
        {
            foreach (var format in (string[])["R", "F6", "E3", "F0"])
            {
                var text = number.Get.ToString(format, CultureInfo.InvariantCulture);
                var bytes = Encoding.UTF8.GetBytes(text + ",");
                if (NumberText.Scan(bytes, out var value) != text.Length
                    || value != double.Parse(text, CultureInfo.InvariantCulture))
                {
                    return false;
                }
            }

            return true;
        }));

    [Theory]
    [InlineData("0", 0, 1)]
    [InlineData("-.5x", -0.5, 3)]
    [InlineData("7.", 7, 2)]
    [InlineData("+3e2", 300, 4)]
    [InlineData("3e", 3, 1)]
    [InlineData("1e400", double.PositiveInfinity, 5)]
    [InlineData("1e-400", 0, 6)]
    [InlineData("123456789012345678901234567890", 123456789012345678901234567890.0, 30)]
    [InlineData("9007199254740993", 9007199254740992.0, 16)]
    [InlineData("0.000000000000000000000000000000000001", 1e-36, 38)]
    public void Scan_KnownText_GivesValueAndLength(string text, double value, int length)
    {
        Assert.Equal(length, NumberText.Scan(Encoding.UTF8.GetBytes(text), out var read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("e5")]
    [InlineData("abc")]
    public void Scan_NoNumber_TakesNothing(string text) =>
        Assert.Equal(0, NumberText.Scan(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("", float.NaN)]
    [InlineData("NaN", float.NaN)]
    [InlineData(" nan ", float.NaN)]
    [InlineData("-inf", float.NegativeInfinity)]
    [InlineData("Infinity", float.PositiveInfinity)]
    [InlineData(" 1.5\r", 1.5f)]
    public void TryParse_NamesAndBlanks_AreKnown(string text, float expected)
    {
        Assert.True(NumberText.TryParse(Encoding.UTF8.GetBytes(text), out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("12a")]
    [InlineData("yes")]
    [InlineData("1 2")]
    public void TryParse_OtherText_IsRefused(string text) =>
        Assert.False(NumberText.TryParse(Encoding.UTF8.GetBytes(text), out _));
}
