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

    [Fact]
    public void Scan_PartOfALongerText_IsWhatTheScanOfThePartIs()
    {
        // Pieces that numbers are made of and what may stand around them, put together by chance: digits go on behind a text's end, too.
        string[] pieces = ["", "-", "+", ".", "e", "E-", "0", "7", "12", "345", "6789012", "12345678", "123456789", "000000001", "99999999999999999999", "x", " ", "\"", "nan"];
        var random = new Random(5);
        var numbers = 0;
        for (var round = 0; round < 200_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => pieces[random.Next(pieces.Length)]));
            var before = pieces[random.Next(pieces.Length)];
            var whole = Encoding.UTF8.GetBytes(before + text + string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => pieces[random.Next(pieces.Length)] + ",")));
            ReadOnlySpan<byte> part = whole.AsSpan(before.Length, text.Length);

            var (expected, actual) = (NumberText.Scan(part, out var wanted), NumberText.Scan(part, whole, out var read));

            Assert.True(expected == actual && BitConverter.DoubleToInt64Bits(wanted) == BitConverter.DoubleToInt64Bits(read), $"'{text}' in '{Encoding.UTF8.GetString(whole)}': {read} in {actual} bytes");
            Assert.True(expected == 0 || double.Parse(part[..expected], CultureInfo.InvariantCulture).Equals(wanted), $"'{text}': {wanted}");
            numbers += expected == text.Length ? 1 : 0;
        }

        Assert.True(numbers > 20_000);
    }

    [Fact]
    public void Scan_TextThatIsNoPartOfTheOther_IsReadAllTheSame()
    {
        Assert.Equal(4, NumberText.Scan("12.5"u8.ToArray(), new byte[64], out var value));
        Assert.Equal(12.5, value);
    }

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
