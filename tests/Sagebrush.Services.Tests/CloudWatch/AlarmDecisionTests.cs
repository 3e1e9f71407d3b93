using Sagebrush.Services.CloudWatch.Alarms;

namespace Sagebrush.Services.Tests.CloudWatch;

/// <summary>The tables of the CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data": oldest first, 0 within bounds, X out of bounds.</summary>
public sealed class AlarmDecisionTests
{
    [Theory]
    [InlineData("0 - X - X", "OK", "OK", "OK", "OK")]
    [InlineData("- - - - 0", "OK", "OK", "OK", "OK")]
    [InlineData("- - - - -", "INSUFFICIENT_DATA", null, "ALARM", "OK")]
    [InlineData("0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM")]
    [InlineData("- - X - -", "ALARM", null, "ALARM", "OK")]
    public void Decide_ThreeOfThree_FollowsTheGuide(string points, string missing, string? ignore, string breaching, string notBreaching) =>
        AssertDecisions(points, 3, 3, missing, ignore, breaching, notBreaching);

    [Theory]
    [InlineData("0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM")]
    [InlineData("0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM")]
    [InlineData("- - - - 0", "OK", "OK", "ALARM", "OK")]
    [InlineData("0 0 0 0 0", "OK", "OK", "OK", "OK")]
    [InlineData("- - X X -", "ALARM", "ALARM", "ALARM", "ALARM")]
    public void Decide_TwoOfThree_FollowsTheGuide(string points, string missing, string? ignore, string breaching, string notBreaching) =>
        AssertDecisions(points, 3, 2, missing, ignore, breaching, notBreaching);

    [Fact]
    public void Decide_OneOfOne_TakesTheNewestThatIsThere() => AssertDecisions("X 0 -", 1, 1, "OK", "OK", "OK", "OK");

    private static void AssertDecisions(
        string points, int periods, int toAlarm, string missing, string? ignore, string breaching, string notBreaching)
    {
        var newestFirst = points.Split(' ').Reverse().Select(point => point == "-" ? (bool?)null : point == "X").ToList();

        Assert.Equal(missing, AlarmDecision.Decide(newestFirst, periods, toAlarm, "missing"));
        Assert.Equal(ignore, AlarmDecision.Decide(newestFirst, periods, toAlarm, "ignore"));
        Assert.Equal(breaching, AlarmDecision.Decide(newestFirst, periods, toAlarm, "breaching"));
        Assert.Equal(notBreaching, AlarmDecision.Decide(newestFirst, periods, toAlarm, "notBreaching"));
    }
}
