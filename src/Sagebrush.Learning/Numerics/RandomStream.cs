using System.Runtime.CompilerServices;

namespace Sagebrush.Learning.Numerics;

/// <summary>Random numbers that are the same on every machine and in every version: SplitMix64 (Steele, Lea, Flood 2014).</summary>
/// <remarks>Streams of one seed are independent, so that each tree or trial has its own whatever thread it runs on.</remarks>
public sealed class RandomStream
{
    private ulong _state;
    private double _spare = double.NaN;

    /// <summary>Creates a stream.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="stream">Which of the seed's streams.</param>
    public RandomStream(long seed, long stream = 0) => _state = Mix((ulong)seed + 0x9E3779B97F4A7C15) ^ Mix(((ulong)stream * 0xD1342543DE82EF95) + 0x632BE59BD9B4E019);

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform from 0 up to, not including, <paramref name="below"/>.</summary>
    public int Next(int below) => (int)Math.BigMul(NextBits(), (ulong)below, out _);

    /// <summary>Standard normal (Marsaglia's polar method).</summary>
    public double NextNormal()
    {
        if (!double.IsNaN(_spare))
        {
            var kept = _spare;
            _spare = double.NaN;
            return kept;
        }

        while (true)
        {
            var u = (2 * NextDouble()) - 1;
            var v = (2 * NextDouble()) - 1;
            var s = (u * u) + (v * v);
            if (s is > 0 and < 1)
            {
                var factor = Math.Sqrt(-2 * Math.Log(s) / s);
                _spare = v * factor;
                return u * factor;
            }
        }
    }

    /// <summary>Puts items in random order (Fisher–Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>Different numbers below <paramref name="total"/>, in random order.</summary>
    public int[] Sample(int total, int count)
    {
        if (count > total / 4)
        {
            var all = Enumerable.Range(0, total).ToArray();
            Shuffle<int>(all);
            return all[..Math.Min(count, total)];
        }

        HashSet<int> taken = [];
        var sample = new int[count];
        for (var i = 0; i < count;)
        {
            var candidate = Next(total);
            if (taken.Add(candidate))
            {
                sample[i++] = candidate;
            }
        }

        return sample;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
