using System.Globalization;
using Sagebrush.Services.AutoScaling;

namespace Sagebrush.Services.Tests.AutoScaling;

public sealed class ScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("at(2026-02-01T08:00:00)", "2026-02-01T08:00:00Z")]
    [InlineData("rate(5 minutes)", "2026-01-15T12:05:00Z")]
    [InlineData("rate(1 day)", "2026-01-16T12:00:00Z")]
    [InlineData("cron(0 8 * * ? *)", "2026-01-16T08:00:00Z")]
    [InlineData("cron(30 18 ? * MON-FRI *)", "2026-01-15T18:30:00Z")]
    [InlineData("cron(0 0 L * ? *)", "2026-01-31T00:00:00Z")]
    [InlineData("cron(0/15 * * * ? *)", "2026-01-15T12:15:00Z")]
    [InlineData("cron(0 9 ? * 2#1 *)", "2026-02-02T09:00:00Z")]
    public void Next_InUtc_IsWhatAwsDocuments(string schedule, string next)
    {
        var now = new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(Time(next), Schedule.Parse(schedule, TimeZoneInfo.Utc).Next(now, now));
    }

    [Theory]
    [InlineData("cron(0 8 * * ? *)", "2026-03-28T12:00:00Z", "2026-03-29T06:00:00Z")]
    [InlineData("cron(0 8 * * ? *)", "2026-03-27T12:00:00Z", "2026-03-28T07:00:00Z")]
    [InlineData("at(2026-07-01T08:00:00)", "2026-01-15T12:00:00Z", "2026-07-01T06:00:00Z")]
    public void Next_InATimeZone_FollowsItsSummerTime(string schedule, string after, string next) =>
        Assert.Equal(Time(next), Schedule.Parse(schedule, Berlin).Next(Time(after), Time(after)));

    [Fact]
    public void Next_RateWithAStart_CountsFromThere()
    {
        var start = Time("2026-01-15T12:10:00Z");
        var schedule = Schedule.Parse("rate(30 minutes)", TimeZoneInfo.Utc);
        Assert.Equal(start, schedule.Next(Time("2026-01-15T12:00:00Z"), start));
        Assert.Equal(start + TimeSpan.FromMinutes(30), schedule.Next(start, start));
    }

    [Fact]
    public void Next_OnceAndOver_IsNever() =>
        Assert.Null(Schedule.Parse("at(2020-01-01T00:00:00)", TimeZoneInfo.Utc).Next(Time("2026-01-15T12:00:00Z"), Time("2026-01-15T12:00:00Z")));

    [Theory]
    [InlineData("every day", "at(yyyy")]
    [InlineData("at(tomorrow)", "no time of the form")]
    [InlineData("rate(0 minutes)", "no rate")]
    [InlineData("rate(5 fortnights)", "no unit")]
    [InlineData("cron(0 8 * * *)", "six fields")]
    [InlineData("cron(61 8 * * ? *)", "")]
    public void Parse_NoSchedule_SaysWhy(string text, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => Schedule.Parse(text, TimeZoneInfo.Utc)).Message, StringComparison.Ordinal);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
