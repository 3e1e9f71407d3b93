using System.Text.Json.Nodes;
using Sagebrush.Serving.Batch;

namespace Sagebrush.Serving.Tests.Batch;

public sealed class JsonPathTests
{
    private static readonly string[] Row = ["a", "b", "c", "d", "e", "f"];

    // The Developer Guide: "$[1:4] specifies the second through fifth columns", "[:5] … through the sixth".
    [Theory]
    [InlineData("$", "a,b,c,d,e,f")]
    [InlineData("$[1:]", "b,c,d,e,f")]
    [InlineData("$[1:4]", "b,c,d,e")]
    [InlineData("$[:5]", "a,b,c,d,e,f")]
    [InlineData("$[5:]", "f")]
    [InlineData("$[0,-1]", "a,f")]
    [InlineData("$[2]", "c")]
    [InlineData("$[*]", "a,b,c,d,e,f")]
    [InlineData("$[-2:]", "e,f")]
    public void Pick_FromCells_GivesWhatTheGuideSays(string path, string expected) =>
        Assert.Equal(expected.Split(','), JsonPath.Parse(path).Pick(Row));

    [Theory]
    [InlineData("$", """{"id":1,"x":{"y":[10,20,30],"z":"s"}}""")]
    [InlineData("$.id", "1")]
    [InlineData("$.x.y", "[10,20,30]")]
    [InlineData("$.x.y[0]", "10")]
    [InlineData("$.x.y[0,-1]", "[10,30]")]
    [InlineData("$.x.*", """[[10,20,30],"s"]""")]
    [InlineData("$['id','x']", """{"id":1,"x":{"y":[10,20,30],"z":"s"}}""")]
    [InlineData("$.x.['z']", "\"s\"")]
    [InlineData("$.x['y'][1:2]", "[20,30]")]
    public void Pick_FromJson_GivesValuesObjectsAndLists(string path, string expected) =>
        Assert.Equal(
            expected, JsonPath.Parse(path).Pick(JsonNode.Parse("""{"id":1,"x":{"y":[10,20,30],"z":"s"}}"""))!.ToJsonString());

    [Theory]
    [InlineData("id")]
    [InlineData("$id")]
    [InlineData("$.")]
    [InlineData("$[")]
    [InlineData("$[a]")]
    [InlineData("$['a'")]
    [InlineData("$['a'x]")]
    [InlineData("$[1,]")]
    public void Parse_OtherText_SaysWhereItBreaks(string path) =>
        Assert.Contains($"'{path}' is no JSONPath", Assert.Throws<FormatException>(() => JsonPath.Parse(path)).Message, StringComparison.Ordinal);

    [Fact]
    public void Pick_WhatIsNotThere_NamesIt()
    {
        Assert.Contains("picks element 6, but a record has 6", Assert.Throws<BatchInputException>(() => JsonPath.Parse("$[6]").Pick(Row)).Message, StringComparison.Ordinal);
        Assert.Contains("names: use indexes", Assert.Throws<BatchInputException>(() => JsonPath.Parse("$.id").Pick(Row)).Message, StringComparison.Ordinal);
        Assert.Contains("\"id\"", Assert.Throws<BatchInputException>(() => JsonPath.Parse("$.id").Pick(JsonNode.Parse("{}"))).Message, StringComparison.Ordinal);
    }
}
