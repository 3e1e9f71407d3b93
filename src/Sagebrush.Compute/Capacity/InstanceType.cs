namespace Sagebrush.Compute.Capacity;

/// <summary>One <c>ml.*</c> instance type: what it offers a job and what AWS asks for it.</summary>
/// <param name="Name">The name as the API spells it, such as <c>ml.m5.xlarge</c>.</param>
/// <param name="VCpus">Number of virtual CPUs.</param>
/// <param name="MemoryGiB">Memory in GiB (2^30 bytes).</param>
/// <param name="Gpus">Number of GPUs; accelerators of other kinds do not count.</param>
/// <param name="HourlyPriceUsd">On-demand price of one instance hour for training in us-east-1, in US dollars; null where none is published or known.</param>
public sealed record InstanceType(string Name, int VCpus, double MemoryGiB, int Gpus, decimal? HourlyPriceUsd)
{
    /// <summary>What <paramref name="count"/> instances of this type reserve.</summary>
    public ComputeResources Resources(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return new ComputeResources(VCpus, (long)(MemoryGiB * (1L << 30)), Gpus) * count;
    }
}
