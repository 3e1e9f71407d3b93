using System.Globalization;

namespace Sagebrush.Compute.Capacity;

/// <summary>An amount of compute: virtual CPUs, memory and GPUs.</summary>
/// <param name="VCpus">Number of virtual CPUs.</param>
/// <param name="MemoryBytes">Memory in bytes.</param>
/// <param name="Gpus">Number of GPUs.</param>
public readonly record struct ComputeResources(int VCpus, long MemoryBytes, int Gpus)
{
    /// <summary>Adds two amounts.</summary>
    public static ComputeResources operator +(ComputeResources left, ComputeResources right) =>
        new(left.VCpus + right.VCpus, left.MemoryBytes + right.MemoryBytes, left.Gpus + right.Gpus);

    /// <summary>Subtracts an amount; the result may be negative.</summary>
    public static ComputeResources operator -(ComputeResources left, ComputeResources right) =>
        new(left.VCpus - right.VCpus, left.MemoryBytes - right.MemoryBytes, left.Gpus - right.Gpus);

    /// <summary>Multiplies an amount by a number of instances.</summary>
    public static ComputeResources operator *(ComputeResources resources, int count) =>
        new(checked(resources.VCpus * count), checked(resources.MemoryBytes * count), checked(resources.Gpus * count));

    /// <summary>Adds two amounts.</summary>
    public static ComputeResources Add(ComputeResources left, ComputeResources right) => left + right;

    /// <summary>Subtracts an amount.</summary>
    public static ComputeResources Subtract(ComputeResources left, ComputeResources right) => left - right;

    /// <summary>Multiplies an amount by a number of instances.</summary>
    public static ComputeResources Multiply(ComputeResources resources, int count) => resources * count;

    /// <summary>The smaller of each part.</summary>
    public static ComputeResources Min(ComputeResources left, ComputeResources right) =>
        new(Math.Min(left.VCpus, right.VCpus), Math.Min(left.MemoryBytes, right.MemoryBytes), Math.Min(left.Gpus, right.Gpus));

    /// <summary>The larger of each part.</summary>
    public static ComputeResources Max(ComputeResources left, ComputeResources right) =>
        new(Math.Max(left.VCpus, right.VCpus), Math.Max(left.MemoryBytes, right.MemoryBytes), Math.Max(left.Gpus, right.Gpus));

    /// <summary>Whether all parts fit into <paramref name="available"/>.</summary>
    public bool FitsInto(ComputeResources available) =>
        VCpus <= available.VCpus && MemoryBytes <= available.MemoryBytes && Gpus <= available.Gpus;

    /// <summary>Names the parts that are not zero, such as <c>2 vCPU, 8 GiB of memory</c>.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        if (VCpus != 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{VCpus} vCPU"));
        }

        if (MemoryBytes != 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{MemoryBytes / (double)(1L << 30):0.#} GiB of memory"));
        }

        if (Gpus != 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Gpus} GPU"));
        }

        return parts.Count == 0 ? "nothing" : string.Join(", ", parts);
    }
}
