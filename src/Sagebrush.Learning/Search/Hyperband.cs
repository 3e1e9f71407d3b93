namespace Sagebrush.Learning.Search;

/// <summary>Hyperband's brackets (Li et al., JMLR 2018): how many points start with how little, and who goes on.</summary>
public static class Hyperband
{
    /// <summary>The brackets, from the one that starts most points with least to plain random search.</summary>
    /// <param name="maxResource">Most that one point may get (R), in units of the least.</param>
    /// <param name="reduction">One in so many goes on (η).</param>
    public static IReadOnlyList<IReadOnlyList<HyperbandRung>> Brackets(int maxResource, int reduction = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxResource, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(reduction, 2);
        var most = 0;
        for (long power = reduction; power <= maxResource; power *= reduction)
        {
            most++;
        }

        List<IReadOnlyList<HyperbandRung>> brackets = [];
        for (var s = most; s >= 0; s--)
        {
            var scale = (long)Math.Pow(reduction, s);
            var points = (((most + 1) * scale) + s) / (s + 1);
            List<HyperbandRung> rungs = [];
            for (var i = 0; i <= s; i++)
            {
                var step = (long)Math.Pow(reduction, i);
                rungs.Add(new HyperbandRung((int)(points / step), maxResource * step / (double)scale));
            }

            brackets.Add(rungs);
        }

        return brackets;
    }
}
