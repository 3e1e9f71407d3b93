namespace Sagebrush.Learning.Search;

/// <summary>Random numbers for one step of a search.</summary>
internal static class SearchSeed
{
    /// <summary>A generator for a step: different steps of one seed are unrelated, equal ones are equal.</summary>
    public static Random Generator(int seed, int step)
    {
        // SplitMix64's finalizer (Steele et al. 2014).
        var z = ((ulong)(uint)seed << 32 | (uint)step) + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return new Random((int)(z ^ (z >> 31)));
    }
}
