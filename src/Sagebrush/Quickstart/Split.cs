namespace Sagebrush.Quickstart;

/// <summary>Which rows teach, which decide when to stop, and which are kept back to judge; positions in <see cref="Target.Rows"/>.</summary>
/// <param name="Train">Seven tenths.</param>
/// <param name="Validation">A tenth: training stops when the metric on it no longer improves.</param>
/// <param name="Test">A fifth, never seen in training.</param>
internal sealed record Split(IReadOnlyList<int> Train, IReadOnlyList<int> Validation, IReadOnlyList<int> Test)
{
    /// <summary>Divides the rows at random but always alike for a seed; each class keeps its share in every part.</summary>
    public static Split Of(Target target, int seed)
    {
        var random = new Random(seed);
        var (train, validation, test) = (new List<int>(), new List<int>(), new List<int>());
        var positions = Enumerable.Range(0, target.Rows.Count);
        var strata = target.Task == LearningTask.Regression
            ? [positions.ToArray()]
            : positions.GroupBy(position => target.Values[position]).OrderBy(group => group.Key).Select(group => group.ToArray()).ToArray();
        foreach (var stratum in strata)
        {
            random.Shuffle(stratum);
            var tested = Math.Max(1, (int)Math.Round(stratum.Length * 0.2));
            var validated = Math.Max(1, (int)Math.Round(stratum.Length * 0.1));
            test.AddRange(stratum[..tested]);
            validation.AddRange(stratum[tested..(tested + validated)]);
            train.AddRange(stratum[(tested + validated)..]);
        }

        // Strata one after another would be no order for a batch.
        foreach (var part in new[] { train, validation, test })
        {
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(part));
        }

        return new(train, validation, test);
    }
}
