namespace Sagebrush.Learning.Search;

/// <summary>
/// Asynchronous successive halving (ASHA, Li et al. 2020) in its stopping form: at each rung a trial goes on only when it is among
/// the best of those of its bracket that came as far. Brackets differ in their first rung, as Hyperband's do.
/// </summary>
public sealed class AsynchronousHalvingRule
{
    private readonly int _reduction;
    private readonly int _minResource;
    private readonly int _maxResource;

    /// <summary>Creates the rule.</summary>
    /// <param name="minResource">Units a trial gets before it may be stopped.</param>
    /// <param name="maxResource">Units a trial gets at most.</param>
    /// <param name="reduction">One in so many goes on.</param>
    public AsynchronousHalvingRule(int minResource, int maxResource, int reduction = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minResource, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxResource, minResource);
        ArgumentOutOfRangeException.ThrowIfLessThan(reduction, 2);
        (_minResource, _maxResource, _reduction) = (minResource, maxResource, reduction);
        BracketCount = Rungs(0).Count + 1;
    }

    /// <summary>Number of brackets; trials of the last one are never stopped before the most they get.</summary>
    public int BracketCount { get; }

    /// <summary>The bracket of a trial: early ones get more trials, in the proportions of Hyperband.</summary>
    /// <param name="trial">The trial's number, from 0.</param>
    public int BracketOf(int trial)
    {
        var sizes = new long[BracketCount];
        for (var bracket = 0; bracket < sizes.Length; bracket++)
        {
            var s = sizes.Length - 1 - bracket;
            sizes[bracket] = Math.Max(1, (long)Math.Ceiling(sizes.Length * Math.Pow(_reduction, s) / (s + 1)));
        }

        // Whichever is furthest behind its share is next, so that a short search has seen every bracket.
        var counts = new long[sizes.Length];
        var next = 0;
        for (var i = 0; i <= trial; i++)
        {
            next = Enumerable.Range(0, sizes.Length).MinBy(bracket => (counts[bracket] + 1) / (double)sizes[bracket]);
            counts[next]++;
        }

        return next;
    }

    /// <summary>Whether to stop a trial.</summary>
    /// <param name="trial">The trial's curve so far.</param>
    /// <param name="others">Curves of the others.</param>
    public bool ShouldStop(LearningCurve trial, IEnumerable<LearningCurve> others)
    {
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentNullException.ThrowIfNull(others);
        if (trial.Values.Count >= _maxResource)
        {
            return true;
        }

        var reached = Rungs(trial.Bracket).LastOrDefault(rung => rung <= trial.Values.Count);
        if (reached == 0)
        {
            return false;
        }

        var rivals = others.Where(other => other.Bracket == trial.Bracket && other.Values.Count >= reached).Select(other => other.BestOf(reached)).ToArray();
        var mine = trial.BestOf(reached);
        var better = rivals.Count(value => value < mine);
        return rivals.Length + 1 >= _reduction && better >= (rivals.Length + 1) / _reduction;
    }

    // Where trials of a bracket are compared.
    private List<int> Rungs(int bracket)
    {
        List<int> rungs = [];
        for (var rung = _minResource * Math.Pow(_reduction, bracket); rung < _maxResource; rung *= _reduction)
        {
            rungs.Add((int)rung);
        }

        return rungs;
    }
}
