using Sagebrush.Learning.AutoML;
using Xunit;

namespace Sagebrush.Learning.Tests.AutoML;

public sealed class CandidateSequenceTests
{
    [Fact]
    public void Next_AfterTheList_StandsOnTheBestOfEachLearnerThenVaries()
    {
        var sequence = new CandidateSequence(new HashSet<string>(), hasPairs: false, isEnsemble: true, canStack: true, seed: 1);
        List<Candidate> tried = [];
        Try(sequence, tried, sequence.First.Count);
        Assert.Equal(sequence.First, tried.Select(candidate => candidate.Spec));
        Assert.Contains("mlp", sequence.First.Select(spec => spec.Algorithm));
        Assert.Contains("lightgbm", sequence.First.Select(spec => spec.Algorithm));

        Try(sequence, tried, 3);
        Assert.All(tried[^3..], candidate =>
        {
            var below = candidate.Spec!.Inputs.Select(number => tried[number - 1]).ToList();
            Assert.Equal(below.Count, below.Select(other => other.Spec!.Algorithm).Distinct().Count());
            Assert.All(below, other => Assert.Equal(tried.Take(sequence.First.Count).Where(one => one.Spec!.Algorithm == other.Spec!.Algorithm).Min(one => one.Loss), other.Loss));
        });

        Try(sequence, tried, 9);
        Assert.All(tried[^9..], candidate => Assert.Empty(candidate.Spec!.Inputs));
        Assert.NotEmpty(sequence.Next(tried)!.Inputs);
    }

    [Fact]
    public void Next_WhenItIsLate_LeavesTheRestOfTheListForLater()
    {
        var sequence = new CandidateSequence(new HashSet<string>(), hasPairs: false, isEnsemble: true, canStack: true, seed: 1);
        List<Candidate> tried = [];
        Try(sequence, tried, 1);
        Assert.Empty(sequence.Next(tried, isLate: true)!.Inputs);

        Try(sequence, tried, 3);
        for (var i = 0; i < 3; i++)
        {
            var spec = sequence.Next(tried, isLate: true)!;
            Assert.Equal([1, 2, 3, 4], spec.Inputs);
            tried.Add(new() { Number = tried.Count + 1, Spec = spec, Loss = 0.1 });
        }

        Assert.Equal(sequence.First[4], sequence.Next(tried, isLate: true));
    }

    [Fact]
    public void Next_RowsSetApartOnce_NeverStandsOnOthers()
    {
        var sequence = new CandidateSequence(new HashSet<string> { "linear-learner", "xgboost" }, hasPairs: false, isEnsemble: true, canStack: false, seed: 1);
        List<Candidate> tried = [];
        Try(sequence, tried, sequence.First.Count + 5);

        Assert.All(tried, candidate => Assert.Empty(candidate.Spec!.Inputs));
    }

    private static void Try(CandidateSequence sequence, List<Candidate> tried, int count)
    {
        for (var i = 0; i < count; i++)
        {
            tried.Add(new() { Number = tried.Count + 1, Spec = sequence.Next(tried), Loss = 1 + (tried.Count * 7 % 5) });
        }
    }
}
