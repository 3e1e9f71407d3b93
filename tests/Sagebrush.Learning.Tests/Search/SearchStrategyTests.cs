using Sagebrush.Learning.Search;
using Xunit;

namespace Sagebrush.Learning.Tests.Search;

public sealed class SearchStrategyTests
{
    private const double BraninMinimum = 0.397887;

    private static readonly SearchSpace Plane = new(
        [new ContinuousParameter("x", -5, 10, ParameterScaling.Linear), new ContinuousParameter("y", 0, 15, ParameterScaling.Linear)]);

    [Fact]
    public void Propose_Grid_VisitsEachCombinationOnce()
    {
        var search = new GridSearch(new SearchSpace([new CategoricalParameter("a", ["1", "2", "3"]), new CategoricalParameter("b", ["x", "y"])]), 4);

        var points = Enumerable.Range(0, 6).Select(i => string.Join(',', search.Propose(new SearchHistory([], [], i))!)).ToHashSet();

        Assert.Equal(6, points.Count);
        Assert.Null(search.Propose(new SearchHistory([], [], 6)));
    }

    [Fact]
    public void Propose_SameSeedAndHistory_GivesTheSamePoint()
    {
        var history = Run(new BayesianSearch(Plane, 7), 6);

        Assert.Equal(new BayesianSearch(Plane, 7).Propose(history), new BayesianSearch(Plane, 7).Propose(history));
    }

    [Fact]
    public void Propose_Bayesian_ComesNearBraninsMinimumInTwentyFiveSteps()
    {
        var best = Enumerable.Range(0, 3).Select(seed => Run(new BayesianSearch(Plane, seed), 25).Completed.Min(e => e.Value)).Order().ElementAt(1);

        // Random search is at about 2 then, in the median.
        Assert.InRange(best, BraninMinimum - 1e-4, BraninMinimum + 0.2);
    }

    [Fact]
    public void Propose_WithPendingPoints_ChoosesOthers()
    {
        var search = new BayesianSearch(Plane, 3);
        var history = Run(search, 10);
        List<double[]> pending = [];
        for (var i = 0; i < 4; i++)
        {
            pending.Add(search.Propose(history with { Pending = [.. pending], Proposed = 10 + i }));
        }

        Assert.Equal(4, pending.Select(point => string.Join(',', point.Select(value => Math.Round(value, 1)))).Distinct().Count());
    }

    [Fact]
    public void Propose_RelatedTaskKnown_StartsNearItsBest()
    {
        var parent = Run(new BayesianSearch(Plane, 1), 25).Completed.Select(e => e with { Task = 1, Value = (3 * e.Value) + 40 }).ToList();

        var first = new BayesianSearch(Plane, 2).Propose(new SearchHistory(parent, [], 0));

        Assert.InRange(Branin(first), BraninMinimum - 1e-4, 6);
    }

    [Fact]
    public void Propose_AllWordsTried_StillAnswers()
    {
        var space = new SearchSpace([new CategoricalParameter("k", ["a", "b"])]);
        Evaluation[] tried = [new([0], 1), new([1], 2), new([0], 1.5)];

        Assert.InRange(new BayesianSearch(space, 0).Propose(new SearchHistory(tried, [], 3))[0], 0, 1);
    }

    private static SearchHistory Run(BayesianSearch search, int steps)
    {
        List<Evaluation> done = [];
        for (var i = 0; i < steps; i++)
        {
            var point = search.Propose(new SearchHistory(done, [], i));
            done.Add(new Evaluation(point, Branin(point)));
        }

        return new SearchHistory(done, [], steps);
    }

    private static double Branin(double[] p)
    {
        var bend = p[1] - (5.1 / (4 * Math.PI * Math.PI) * p[0] * p[0]) + (5 / Math.PI * p[0]) - 6;
        return (bend * bend) + (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(p[0])) + 10;
    }
}
