using Sagebrush.Services.Logs.Filtering;

namespace Sagebrush.Services.Tests.Logs;

/// <summary>Examples follow the patterns and messages of AWS's page "Filter pattern syntax".</summary>
public sealed class FilterPatternTests
{
    private const string Json =
        """
        {"eventType": "UpdateTrail", "sourceIPAddress": "111.111.111.111", "count": 200, "quoted": "200", "nothing": null,
         "flag": true, "arrayKey": ["value", "another value"],
         "objectList": [{"name": "a", "enabled": true, "id": 1}, {"name": "b", "enabled": false, "id": 2}],
         "nested": {"dotted.name": 4.5}}
        """;

    private const string AccessLine =
        """127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534""";

    [Theory]
    [InlineData("ERROR", "[ERROR 400] BAD REQUEST", true)]
    [InlineData("ERROR", "[error 400] bad request", false)]
    [InlineData("ERROR ARGUMENTS", "ERROR: INVALID ARGUMENTS", true)]
    [InlineData("ERROR ARGUMENTS", "ERROR: REQUEST", false)]
    [InlineData("\"INTERNAL SERVER ERROR\"", "[ERROR 500] INTERNAL SERVER ERROR", true)]
    [InlineData("\"INTERNAL SERVER ERROR\"", "SERVER ERROR INTERNAL", false)]
    [InlineData("\"a \\\"b\\\"\"", "say a \"b\" now", true)]
    [InlineData("ERROR -EXITING", "[ERROR] done", true)]
    [InlineData("ERROR -EXITING", "[ERROR] EXITING now", false)]
    [InlineData("-\"two words\"", "two words here", false)]
    [InlineData("?ERROR ?WARN", "WARN: low", true)]
    [InlineData("?ERROR ?WARN", "INFO: fine", false)]
    [InlineData("?ERROR ?WARN INFO", "INFO: fine", true)]
    [InlineData("?ERROR ?WARN -skip", "WARN skip", false)]
    [InlineData("%^AUTH.*[0-9]+%", "UNAUTHORIZED 401", false)]
    [InlineData("%AUTHORIZED [0-9]+%", "UNAUTHORIZED 401", true)]
    [InlineData("validation:auc", "#011validation-auc:0.9 validation:auc", true)]
    public void Parse_Terms_MatchAsDocumented(string pattern, string message, bool expected) =>
        Assert.Equal(expected, FilterPattern.Parse(pattern)!(message));

    [Theory]
    [InlineData("""{ $.eventType = "UpdateTrail" }""", true)]
    [InlineData("""{ $.eventType = "Update*" }""", true)]
    [InlineData("""{ $.eventType = *Trail }""", true)]
    [InlineData("""{ $.eventType = "update*" }""", false)]
    [InlineData("""{ $.eventType != "UpdateTrail" }""", false)]
    [InlineData("""{ $.eventType = %^Update% }""", true)]
    [InlineData("""{ $.sourceIPAddress != 123.123.* }""", true)]
    [InlineData("""{ $.sourceIPAddress = 111.111.* }""", true)]
    [InlineData("""{ $.arrayKey[0] = "value" }""", true)]
    [InlineData("""{ $.arrayKey[1] = "value" }""", false)]
    [InlineData("""{ $.arrayKey[7] = "value" }""", false)]
    [InlineData("""{ $.objectList[1].id = 2 }""", true)]
    [InlineData("""{ $.objectList[*].name = "b" }""", true)]
    [InlineData("""{ $['nested']['dotted.name'] >= 4.5 }""", true)]
    [InlineData("""{ $.nested.* < 4 }""", false)]
    [InlineData("""{ $.count = 2e2 }""", true)]
    [InlineData("""{ $.count > 199 && $.count <= 200 }""", true)]
    [InlineData("""{ $.quoted > 100 }""", false)]
    [InlineData("""{ $.nothing IS NULL }""", true)]
    [InlineData("""{ $.flag is true }""", true)]
    [InlineData("""{ $.flag IS FALSE }""", false)]
    [InlineData("""{ $.missing NOT EXISTS }""", true)]
    [InlineData("""{ $.count NOT EXISTS }""", false)]
    [InlineData("""{ $.missing != "x" }""", false)]
    [InlineData("""{ ($.count = 1 || $.flag IS TRUE) && $.eventType = * }""", true)]
    [InlineData("""{ $.count = 200 || $.count = 1 && $.count = 2 }""", true)]
    [InlineData("""{ ($.count = 200 || $.count = 1) && $.count = 2 }""", false)]
    public void Parse_Json_MatchesAsDocumented(string pattern, bool expected)
    {
        var match = FilterPattern.Parse(pattern)!;

        Assert.Equal(expected, match(Json));
        Assert.False(match("plain text"));
        Assert.False(match("{ broken"));
    }

    [Theory]
    [InlineData("[ip, user, username, timestamp, request, status_code, bytes]", true)]
    [InlineData("[ip, user, username, timestamp, request, status_code]", false)]
    [InlineData("[ip, user, username, timestamp, request, status_code = 4*, bytes]", true)]
    [InlineData("[ip, user, username, timestamp, request, status_code = 404, bytes > 1000]", true)]
    [InlineData("[ip, user, username, timestamp, request, status_code = 404, bytes > 2000]", false)]
    [InlineData("[ip = %^127%, ..., bytes = 1534]", true)]
    [InlineData("[..., status_code != 404, bytes]", false)]
    [InlineData("[..., request = *html*, status_code = 404 || status_code = 410, bytes]", true)]
    [InlineData("[ip, user = Test || user = \"Dev\", ...]", false)]
    [InlineData("[ip, ..., timestamp, request = \"GET /index.html HTTP/1.0\", status, size >= 1534 && size < 1535]", true)]
    [InlineData("[...]", true)]
    public void Parse_Fields_MatchAsDocumented(string pattern, bool expected) =>
        Assert.Equal(expected, FilterPattern.Parse(pattern)!(AccessLine));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    public void Parse_Nothing_MatchesEverything(string? pattern) => Assert.Null(FilterPattern.Parse(pattern));

    [Theory]
    [InlineData("\"open")]
    [InlineData("- ")]
    [InlineData("%(%")]
    [InlineData("%(a)\\1%")]
    [InlineData("{")]
    [InlineData("{ }")]
    [InlineData("{ $.a }")]
    [InlineData("{ $.a = }")]
    [InlineData("{ $.a = 1")]
    [InlineData("{ $.a = 1 } more")]
    [InlineData("{ $.a[x] = 1 }")]
    [InlineData("{ $. = 1 }")]
    [InlineData("{ a = 1 }")]
    [InlineData("{ $.a IS 3 }")]
    [InlineData("{ $.a NOT 3 }")]
    [InlineData("[a, ..., b, ...]")]
    [InlineData("[a = 1 || b = 2]")]
    [InlineData("[]")]
    [InlineData("[a")]
    public void Parse_Nonsense_SaysWhatIsWrong(string pattern) =>
        Assert.NotEmpty(Assert.Throws<FilterPatternException>(() => FilterPattern.Parse(pattern)).Message);

    [Fact]
    public void Parse_NestedTooDeep_IsRefused() => Assert.Throws<FilterPatternException>(
        () => FilterPattern.Parse("{ " + new string('(', 500) + "$.a = 1" + new string(')', 500) + " }"));
}
