namespace Sagebrush.Learning.Search;

/// <summary>Finds the point with the largest expected improvement, averaged over kernels: many draws, then steps uphill from the best.</summary>
internal sealed class AcquisitionSearch(SearchSpace space, IReadOnlyList<KernelSample> samples, SearchHistory history, Random random)
{
    private const int Draws = 600;
    private const int NearDraws = 150;
    private const int Starts = 4;
    private const int Steps = 90;

    /// <summary>The point; one that was not tried yet while such can be found.</summary>
    public double[] Best()
    {
        List<(double[] Unit, double Score)> candidates = [];
        for (var i = 0; i < Draws; i++)
        {
            Consider(space.Encode(space.Draw(random)), candidates);
        }

        var incumbents = history.Completed.Where(evaluation => evaluation.Task == 0).OrderBy(evaluation => evaluation.Value).Take(3).ToList();
        for (var i = 0; i < NearDraws && incumbents.Count > 0; i++)
        {
            Consider(Near(space.Encode(incumbents[i % incumbents.Count].Point), 0.1), candidates);
        }

        if (candidates.Count == 0)
        {
            return space.Draw(random);
        }

        var best = candidates.OrderByDescending(candidate => candidate.Score).Take(Starts).Select(Climb).MaxBy(candidate => candidate.Score);
        return space.Decode(best.Unit);
    }

    private void Consider(double[] unit, List<(double[] Unit, double Score)> candidates)
    {
        if (!history.Knows(space.Decode(unit)))
        {
            candidates.Add((unit, Score(unit)));
        }
    }

    private (double[] Unit, double Score) Climb((double[] Unit, double Score) from)
    {
        var reach = 0.1;
        for (var step = 0; step < Steps; step++)
        {
            var unit = Near(from.Unit, reach);
            var score = Score(unit);
            if (score > from.Score && !history.Knows(space.Decode(unit)))
            {
                from = (unit, score);
            }
            else
            {
                reach *= 0.95;
            }
        }

        return from;
    }

    // Moves one or more parameters: numbers by a normal step, words at times to any other.
    private double[] Near(double[] unit, double reach)
    {
        var moved = (double[])unit.Clone();
        var chosen = random.Next(space.Parameters.Count);
        var at = 0;
        for (var i = 0; i < space.Parameters.Count; i++)
        {
            var width = space.Parameters[i].Width;
            if (i == chosen || random.Next(2) == 0)
            {
                for (var j = at; j < at + width; j++)
                {
                    moved[j] = space.Parameters[i] is CategoricalParameter
                        ? moved[j] + (2 * reach * (random.NextDouble() - 0.5) * 10)
                        : Math.Clamp(moved[j] + (reach * ((2 * random.NextDouble()) - 1 + ((2 * random.NextDouble()) - 1))), 0, 1);
                }
            }

            at += width;
        }

        return space.Snap(moved);
    }

    private double Score(double[] unit)
    {
        double[] place = [.. unit, 0];
        var sum = 0.0;
        foreach (var sample in samples)
        {
            sum += sample.Improvement(place);
        }

        return sum;
    }
}
