using Sagebrush.Services.CloudWatch.Alarms;

namespace Sagebrush.Services.Tests.CloudWatch;

public sealed class AlarmRuleTests
{
    private static readonly Dictionary<string, string> States = new() { ["a"] = "ALARM", ["b"] = "OK", ["c d"] = "INSUFFICIENT_DATA" };

    [Theory]
    [InlineData("ALARM(a)", true)]
    [InlineData("ALARM(\"a\") AND OK(b)", true)]
    [InlineData("ALARM(b) OR OK(a)", false)]
    [InlineData("NOT ALARM(b) AND NOT OK(a)", true)]
    [InlineData("INSUFFICIENT_DATA(\"c d\") and not (alarm(b) or false)", true)]
    [InlineData("OK(b) OR ALARM(b) AND FALSE", true)]
    [InlineData("ALARM(arn:aws:cloudwatch:us-east-1:000000000000:alarm:a)", true)]
    [InlineData("INSUFFICIENT_DATA(gone)", true)]
    [InlineData("OK(a, b) OR ALARM(a)", true)]
    [InlineData("AT_LEAST(1, ALARM, (a, b, \"c d\"))", true)]
    [InlineData("AT_LEAST(2, ALARM, (a, b, c d))", false)]
    [InlineData("AT_LEAST(2, NOT ALARM, (a, b, c d)) AND ALARM(a)", true)]
    [InlineData("AT_LEAST(3, NOT ALARM, (a, b, c d))", false)]
    [InlineData("AT_LEAST(33%, ALARM, (a, b, c d))", true)]
    [InlineData("AT_LEAST(34%, ALARM, (a, b, c d))", false)]
    [InlineData("NOT AT_LEAST(100%, OK, (b))", false)]
    public void Holds_OfStates_IsWhatTheRuleSays(string rule, bool holds) => Assert.Equal(holds, AlarmRule.Parse(rule).Holds(States));

    [Theory]
    [InlineData("")]
    [InlineData("ALARM")]
    [InlineData("ALARM(")]
    [InlineData("ALARM()")]
    [InlineData("ALARM(a) ALARM(b)")]
    [InlineData("ALARM(a) AND")]
    [InlineData("(ALARM(a)")]
    [InlineData("RED(a)")]
    [InlineData("AT_LEAST(0, ALARM, (a))")]
    [InlineData("AT_LEAST(2, ALARM, (a))")]
    [InlineData("AT_LEAST(101%, ALARM, (a))")]
    [InlineData("AT_LEAST(99999999999, ALARM, (a))")]
    [InlineData("AT_LEAST(1, RED, (a))")]
    [InlineData("AT_LEAST(1, ALARM, ())")]
    [InlineData("AT_LEAST(1, ALARM, a)")]
    [InlineData("AT_LEAST(1, ALARM, (a)")]
    public void Parse_OfNoRule_SaysSo(string rule) => Assert.Throws<FormatException>(() => AlarmRule.Parse(rule));

    [Fact]
    public void Parse_TooDeep_IsRefusedInsteadOfRunningOutOfStack() =>
        Assert.Throws<FormatException>(() => AlarmRule.Parse(string.Concat(Enumerable.Repeat("NOT (", 2000)) + "TRUE"));
}
