using Sagebrush.Services.Hosting.Explaining;

namespace Sagebrush.Services.Tests.Hosting.Explaining;

public sealed class RecordFormatTests
{
    [Theory]
    [InlineData("1,2.50,-3e4", "1,2.50,-3e4", "[1,2.50,-3e4]")]
    [InlineData("\"This is a good product\",5\n", "\"This is a good product\",5", "[\"This is a good product\",5]")]
    [InlineData("\"say \"\"hi\"\", you\n\nthere\", red ,,.5\r\n", "\"say \"\"hi\"\", you\n\nthere\",red,,.5", "[\"say \\\"hi\\\", you\\n\\nthere\",\"red\",null,0.5]")]
    [InlineData("\"5\",true", "\"5\",true", "[\"5\",\"true\"]")]
    public void Write_Csv_GivesTheRecordAgain(string text, string csv, string json)
    {
        var record = Assert.Single(RecordFormat.Read(text, RecordFormat.Csv, null));

        Assert.Equal(csv, RecordFormat.Write(record, RecordFormat.Csv, null));
        Assert.Equal(json, RecordFormat.Write(record, RecordFormat.JsonLines, "$features"));
    }

    [Fact]
    public void Read_JsonLines_FollowsTheExpression()
    {
        var records = RecordFormat.Read("{\"a\":{\"b\":[1,\"2020-01-01\",null,true]}}\n\n[2,3]\n", RecordFormat.JsonLines, new JmesExpression("a.b"));

        Assert.Equal(2, records.Count);
        Assert.Equal("[1,\"2020-01-01\",null,true]", RecordFormat.Write(records[0], RecordFormat.JsonLines, "$features"));
        Assert.Equal("2,3", RecordFormat.Write(records[1], RecordFormat.Csv, null));
    }

    [Theory]
    [InlineData("{\"a\":1}", "a")]
    [InlineData("{\"a\":", "a")]
    [InlineData("[1] [2]", "a")]
    [InlineData("{\"a\":[1]}", null)]
    public void Read_JsonThatHasNoFeatures_IsRefused(string text, string? expression) =>
        Assert.Throws<FormatException>(() => RecordFormat.Read(text, RecordFormat.JsonLines, JmesExpression.OfOptional(expression)));
}
