namespace Sagebrush.Learning.Search;

/// <summary>
/// Bayesian optimisation (Snoek et al. 2012): a Gaussian process is fitted to what was tried, and the point with the largest expected
/// improvement is next. The kernel is integrated out by slice sampling; points still being tried take values the model fantasises.
/// </summary>
public sealed class BayesianSearch : ISearchStrategy
{
    private const int KernelSamples = 8;
    private const int BurnIn = 12;
    private const int MostPoints = 160;

    private readonly SearchSpace _space;
    private readonly int _seed;
    private readonly int _firstPoints;

    /// <summary>Creates the search.</summary>
    /// <param name="space">The space.</param>
    /// <param name="seed">Equal seeds and histories give equal points.</param>
    public BayesianSearch(SearchSpace space, int seed)
    {
        ArgumentNullException.ThrowIfNull(space);
        _space = space;
        _seed = seed;
        _firstPoints = Math.Clamp(space.Parameters.Count, 3, 6);
    }

    /// <inheritdoc/>
    public double[] Propose(SearchHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var random = SearchSeed.Generator(_seed, history.Proposed);
        var known = history.Completed.Where(evaluation => double.IsFinite(evaluation.Value)).ToList();
        if (known.Count < 2 || (history.Proposed < _firstPoints && known.TrueForAll(evaluation => evaluation.Task == 0)))
        {
            return FirstPoint(history, random);
        }

        var samples = Sample(Select(known), history.Pending, random);
        return samples.Count == 0 ? FirstPoint(history, random) : new AcquisitionSearch(_space, samples, history, random).Best();
    }

    // The first points fill the space evenly: a Halton sequence shifted by the seed (Cranley & Patterson 1976).
    private double[] FirstPoint(SearchHistory history, Random random)
    {
        var shift = SearchSeed.Generator(_seed, -1);
        var unit = new double[_space.Width];
        for (var i = 0; i < unit.Length; i++)
        {
            unit[i] = (Halton(history.Proposed + 1, Prime(i)) + shift.NextDouble()) % 1;
        }

        var point = _space.Decode(unit);
        for (var tries = 0; tries < 100 && history.Knows(point); tries++)
        {
            point = _space.Draw(random);
        }

        return point;
    }

    // A process's cost grows with the cube of its points: of many, the best and the newest stay.
    private static List<Evaluation> Select(List<Evaluation> known)
    {
        if (known.Count <= MostPoints)
        {
            return known;
        }

        var best = known.OrderBy(evaluation => evaluation.Value).Take(MostPoints / 2).ToHashSet();
        var newest = Enumerable.Reverse(known).Where(evaluation => !best.Contains(evaluation)).Take(MostPoints / 2).ToHashSet();
        return known.FindAll(evaluation => best.Contains(evaluation) || newest.Contains(evaluation));
    }

    private List<KernelSample> Sample(List<Evaluation> known, IReadOnlyList<double[]> pending, Random random)
    {
        var values = Standardise(known);
        var inputs = known.Select(evaluation => Place(evaluation.Point, evaluation.Task)).ToArray();
        var model = new SurrogateModel(_space, inputs, values);
        var state = model.Prior();
        var density = model.LogPosterior(state);
        if (double.IsNegativeInfinity(density))
        {
            return [];
        }

        for (var i = 0; i < BurnIn; i++)
        {
            density = SliceSampler.Sweep(state, density, model.LogPosterior, 1, random);
        }

        // What is to be beaten; where nothing was tried on this task yet, what the related ones reached.
        var own = values.Where((_, i) => known[i].Task == 0).DefaultIfEmpty(values.Min()).Min();
        List<KernelSample> samples = [];
        for (var i = 0; i < KernelSamples; i++)
        {
            density = SliceSampler.Sweep(state, density, model.LogPosterior, 1, random);
            if (model.Fit(state) is { } process)
            {
                var sample = new KernelSample(model, process, [.. state], own);
                foreach (var point in pending)
                {
                    sample.Fantasise(Place(point, 0), random);
                }

                samples.Add(sample);
            }
        }

        return samples;
    }

    private double[] Place(double[] point, int task) => [.. _space.Encode(point), task == 0 ? 0 : 1];

    // Each task has a scale of its own. Values farther above the median than the best is below it are moved there: how bad
    // they are says nothing about the best, and would make the differences between good ones small.
    private static double[] Standardise(List<Evaluation> known)
    {
        var values = new double[known.Count];
        foreach (var task in known.Select((evaluation, i) => (evaluation, i)).GroupBy(entry => entry.evaluation.Task))
        {
            var sorted = task.Select(entry => entry.evaluation.Value).Order().ToArray();
            var cap = sorted.Length < 4 ? double.PositiveInfinity : (2 * sorted[sorted.Length / 2]) - sorted[0];
            var clipped = Array.ConvertAll(sorted, value => Math.Min(value, cap));
            var mean = clipped.Average();
            var deviation = Math.Sqrt(clipped.Average(value => (value - mean) * (value - mean)));
            foreach (var (evaluation, i) in task)
            {
                values[i] = deviation > 0 ? (Math.Min(evaluation.Value, cap) - mean) / deviation : 0;
            }
        }

        return values;
    }

    private static double Halton(int index, int radix)
    {
        double result = 0, digit = 1.0 / radix;
        for (; index > 0; index /= radix, digit /= radix)
        {
            result += index % radix * digit;
        }

        return result;
    }

    private static int Prime(int position)
    {
        var candidate = 1;
        for (var left = position + 1; left > 0;)
        {
            candidate++;
            var isPrime = true;
            for (var divisor = 2; divisor * divisor <= candidate && isPrime; divisor++)
            {
                isPrime = candidate % divisor != 0;
            }

            left -= isPrime ? 1 : 0;
        }

        return candidate;
    }
}
