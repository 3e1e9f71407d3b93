namespace Sagebrush.Learning.Explain;

/// <summary>
/// Kernel SHAP without the model: the coalitions of players whose worth must be known, and the values that follow. Players are features, or
/// parts of one; who knows the worths, and how long that takes, is the caller's.
/// </summary>
public sealed class ShapCoalitions
{
    /// <summary>Players whose coalitions are all taken unless told how many to draw.</summary>
    private const int FewPlayers = 12;

    /// <summary>Players whose coalitions can all be taken.</summary>
    private const int MostEnumerated = 20;

    private readonly (bool[] Members, double Weight)[] _coalitions;

    /// <summary>Chooses the coalitions: all of them where there are few players, else some drawn together with their complements.</summary>
    /// <param name="players">How many play.</param>
    /// <param name="samples">Coalitions to draw when there are too many to enumerate; null for twice the players and 2048 more.</param>
    /// <param name="seed">Equal seeds give equal coalitions.</param>
    public ShapCoalitions(int players, int? samples = null, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(players, 1);
        Players = players;
        var isEnumerated = samples is { } most ? players <= MostEnumerated && (1 << players) - 2 <= most : players <= FewPlayers;
        _coalitions = players == 1 ? [] : [.. isEnumerated ? Enumerate(players) : Draw(players, samples ?? ((2 * players) + 2048), new Random(seed))];
        Sets = [new bool[players], [.. Enumerable.Repeat(true, players)], .. _coalitions.Select(coalition => coalition.Members)];
    }

    /// <summary>How many play.</summary>
    public int Players { get; }

    /// <summary>Who is in each coalition: nobody in the first, everybody in the second.</summary>
    public IReadOnlyList<bool[]> Sets { get; }

    /// <summary>The SHAP values that fit the worths best and add up exactly.</summary>
    /// <param name="worths">What each of <see cref="Sets"/> is worth.</param>
    /// <returns>One value per player, then the worth of nobody.</returns>
    public double[] Solve(ReadOnlySpan<double> worths)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(worths.Length, Sets.Count);
        var (none, all) = (worths[0], worths[1]);
        var values = new double[Players + 1];
        values[Players] = none;
        if (Players == 1)
        {
            values[0] = all - none;
            return values;
        }

        var system = new CoalitionSystem(Players, all - none);
        for (var i = 0; i < _coalitions.Length; i++)
        {
            system.Add(_coalitions[i].Members, _coalitions[i].Weight, worths[i + 2] - none);
        }

        system.Solve(values);
        return values;
    }

    private static IEnumerable<(bool[] Members, double Weight)> Enumerate(int players)
    {
        for (var set = 1; set < (1 << players) - 1; set++)
        {
            var members = new bool[players];
            for (var i = 0; i < players; i++)
            {
                members[i] = (set >> i & 1) == 1;
            }

            var size = members.Count(member => member);

            // Shapley's kernel: (M - 1) / (C(M, s) s (M - s)).
            yield return (members, (players - 1) / (Choose(players, size) * size * (players - size)));
        }
    }

    // Sizes are drawn by the kernel's mass, so each draw counts the same.
    private static IEnumerable<(bool[] Members, double Weight)> Draw(int players, int samples, Random random)
    {
        var mass = Enumerable.Range(1, players - 1).Select(size => 1.0 / (size * (double)(players - size))).ToArray();
        var total = mass.Sum();
        for (var i = 0; i < samples; i += 2)
        {
            var left = random.NextDouble() * total;
            var size = 1;
            while (size < players - 1 && (left -= mass[size - 1]) > 0)
            {
                size++;
            }

            var order = Enumerable.Range(0, players).ToArray();
            random.Shuffle(order);
            var members = new bool[players];
            foreach (var player in order.AsSpan(0, size))
            {
                members[player] = true;
            }

            yield return (members, 1);
            if (i + 1 < samples)
            {
                yield return (Array.ConvertAll(members, member => !member), 1);
            }
        }
    }

    private static double Choose(int n, int k)
    {
        var result = 1.0;
        for (var i = 1; i <= k; i++)
        {
            result *= (n - k + i) / (double)i;
        }

        return result;
    }
}
