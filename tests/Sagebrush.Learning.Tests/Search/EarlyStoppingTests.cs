using Sagebrush.Learning.Search;
using Xunit;

namespace Sagebrush.Learning.Tests.Search;

public sealed class EarlyStoppingTests
{
    // Table 1 of Li et al., JMLR 18 (2018), R = 81 and η = 3.
    [Fact]
    public void Brackets_ThePapersExample_AreThoseOfItsTable()
    {
        var brackets = Hyperband.Brackets(81);

        Assert.Equal(["81@1 27@3 9@9 3@27 1@81", "34@3 11@9 3@27 1@81", "15@9 5@27 1@81", "8@27 2@81", "5@81"], brackets.Select(Show));
    }

    [Fact]
    public void ShouldStop_MedianRule_ComparesTheBestWithTheMedianOfRunningAverages()
    {
        // Averages after two units: 1.5, 3, 5.
        LearningCurve[] ended = [new([2, 1, 1], true), new([4, 2, 1], true), new([6, 4, 2], true)];

        Assert.True(MedianStoppingRule.ShouldStop(new LearningCurve([5, 3.5], false), ended));
        Assert.False(MedianStoppingRule.ShouldStop(new LearningCurve([5, 2.5], false), ended));
        Assert.False(MedianStoppingRule.ShouldStop(new LearningCurve([9, 9], false), ended[..2]));
    }

    [Fact]
    public void ShouldStop_Halving_LetsTheBestThirdOfARungGoOn()
    {
        var rule = new AsynchronousHalvingRule(1, 9);
        LearningCurve[] others = [new([1.0], false), new([2.0], false), new([3.0], false), new([4.0], false), new([5.0], false)];

        Assert.False(rule.ShouldStop(new LearningCurve([1.5], false), others));
        Assert.True(rule.ShouldStop(new LearningCurve([2.5], false), others));
        Assert.False(rule.ShouldStop(new LearningCurve([2.5], false, Bracket: 1), others));
        Assert.True(rule.ShouldStop(new LearningCurve([9, 8, 7, 6, 5, 4, 3, 2, 1], false, Bracket: 2), others));
    }

    [Fact]
    public void BracketOf_ManyTrials_FollowsHyperbandsShares()
    {
        var rule = new AsynchronousHalvingRule(1, 9);

        var counts = Enumerable.Range(0, 17).Select(rule.BracketOf).CountBy(bracket => bracket).OrderBy(pair => pair.Key).Select(pair => pair.Value);

        Assert.Equal([9, 5, 3], counts);
    }

    private static string Show(IReadOnlyList<HyperbandRung> rungs) => string.Join(' ', rungs.Select(rung => $"{rung.Points}@{rung.Resource}"));
}
