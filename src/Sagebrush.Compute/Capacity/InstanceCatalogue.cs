using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Sagebrush.Compute.Capacity;

/// <summary>The <c>ml.*</c> instance types the SageMaker API knows.</summary>
public static class InstanceCatalogue
{
    // Families whose sizes differ in scale alone: GiB per vCPU and US dollars per vCPU hour (us-east-1, on demand).
    // A size's vCPUs are four per "xlarge"; a large is half an xlarge, a medium a quarter.
    private static readonly (string Family, double GiBPerVCpu, decimal UsdPerVCpu, string Sizes)[] RegularFamilies =
    [
        ("c5", 2, 0.051m, "large xlarge 2xlarge 4xlarge 9xlarge 18xlarge"),
        ("c5d", 2, 0.0576m, "large xlarge 2xlarge 4xlarge 9xlarge 18xlarge"),
        ("c5n", 2.625, 0.0648m, "xlarge 2xlarge 4xlarge 9xlarge 18xlarge"),
        ("c6g", 2, 0.0408m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
        ("c6gd", 2, 0.04608m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
        ("c6gn", 2, 0.05184m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
        ("c6i", 2, 0.051m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge"),
        ("c6in", 2, 0.06804m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge"),
        ("c7g", 2, 0.0435m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
        ("c7i", 2, 0.05355m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
        ("c8g", 2, 0.047856m, "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
        ("m4", 4, 0.06m, "xlarge 2xlarge 4xlarge 10xlarge 16xlarge"),
        ("m5", 4, 0.0576m, "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge"),
        ("m5d", 4, 0.0678m, "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge"),
        ("m6g", 4, 0.0462m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
        ("m6gd", 4, 0.05424m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
        ("m6i", 4, 0.0576m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge"),
        ("m7i", 4, 0.06048m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
        ("m8g", 4, 0.053856m, "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
        ("r5", 8, 0.0756m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge"),
        ("r5d", 8, 0.0864m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge"),
        ("r6g", 8, 0.06048m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
        ("r6gd", 8, 0.06912m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
        ("r6i", 8, 0.0756m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge"),
        ("r7gd", 8, 0.08166m, "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"),
        ("r7i", 8, 0.07938m, "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
        ("r8g", 8, 0.070692m, "medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
    ];

    // Types whose figures follow no rule of scale.
    private static readonly InstanceType[] OtherTypes =
    [
        new("ml.c4.large", 2, 3.75, 0, 0.12m),
        new("ml.c4.xlarge", 4, 7.5, 0, 0.239m),
        new("ml.c4.2xlarge", 8, 15, 0, 0.478m),
        new("ml.c4.4xlarge", 16, 30, 0, 0.955m),
        new("ml.c4.8xlarge", 36, 60, 0, 1.909m),
        new("ml.t2.medium", 2, 4, 0, 0.056m),
        new("ml.t2.large", 2, 8, 0, 0.111m),
        new("ml.t2.xlarge", 4, 16, 0, 0.223m),
        new("ml.t2.2xlarge", 8, 32, 0, 0.445m),
        new("ml.t3.medium", 2, 4, 0, 0.05m),
        new("ml.t3.large", 2, 8, 0, 0.1m),
        new("ml.t3.xlarge", 4, 16, 0, 0.2m),
        new("ml.t3.2xlarge", 8, 32, 0, 0.399m),
        new("ml.g4dn.xlarge", 4, 16, 1, 0.7364m),
        new("ml.g4dn.2xlarge", 8, 32, 1, 0.94m),
        new("ml.g4dn.4xlarge", 16, 64, 1, 1.505m),
        new("ml.g4dn.8xlarge", 32, 128, 1, 2.72m),
        new("ml.g4dn.12xlarge", 48, 192, 4, 4.89m),
        new("ml.g4dn.16xlarge", 64, 256, 1, 5.44m),
        new("ml.g5.xlarge", 4, 16, 1, 1.408m),
        new("ml.g5.2xlarge", 8, 32, 1, 1.515m),
        new("ml.g5.4xlarge", 16, 64, 1, 2.03m),
        new("ml.g5.8xlarge", 32, 128, 1, 3.06m),
        new("ml.g5.12xlarge", 48, 192, 4, 7.09m),
        new("ml.g5.16xlarge", 64, 256, 1, 5.12m),
        new("ml.g5.24xlarge", 96, 384, 4, 10.18m),
        new("ml.g5.48xlarge", 192, 768, 8, 20.36m),
        new("ml.g6.xlarge", 4, 16, 1, 1.1267m),
        new("ml.g6.2xlarge", 8, 32, 1, 1.222m),
        new("ml.g6.4xlarge", 16, 64, 1, 1.654m),
        new("ml.g6.8xlarge", 32, 128, 1, 2.518m),
        new("ml.g6.12xlarge", 48, 192, 4, 5.752m),
        new("ml.g6.16xlarge", 64, 256, 1, 4.246m),
        new("ml.g6.24xlarge", 96, 384, 4, 8.344m),
        new("ml.g6.48xlarge", 192, 768, 8, 16.688m),
        new("ml.g6e.xlarge", 4, 32, 1, 2.605m),
        new("ml.g6e.2xlarge", 8, 64, 1, 2.8026m),
        new("ml.g6e.4xlarge", 16, 128, 1, 3.7553m),
        new("ml.g6e.8xlarge", 32, 256, 1, 5.6607m),
        new("ml.g6e.12xlarge", 48, 384, 4, 13.1183m),
        new("ml.g6e.16xlarge", 64, 512, 1, 9.4715m),
        new("ml.g6e.24xlarge", 96, 768, 4, 18.8316m),
        new("ml.g6e.48xlarge", 192, 1536, 8, 37.6632m),
        new("ml.g7e.2xlarge", 8, 64, 1, null),
        new("ml.g7e.4xlarge", 16, 128, 1, null),
        new("ml.g7e.8xlarge", 32, 256, 1, null),
        new("ml.g7e.12xlarge", 48, 512, 2, null),
        new("ml.g7e.24xlarge", 96, 1024, 4, null),
        new("ml.g7e.48xlarge", 192, 2048, 8, null),
        new("ml.p2.xlarge", 4, 61, 1, 1.125m),
        new("ml.p2.8xlarge", 32, 488, 8, 9m),
        new("ml.p2.16xlarge", 64, 732, 16, 18m),
        new("ml.p3.2xlarge", 8, 61, 1, 3.825m),
        new("ml.p3.8xlarge", 32, 244, 4, 14.688m),
        new("ml.p3.16xlarge", 64, 488, 8, 28.152m),
        new("ml.p3dn.24xlarge", 96, 768, 8, 35.894m),
        new("ml.p4d.24xlarge", 96, 1152, 8, 37.688m),
        new("ml.p4de.24xlarge", 96, 1152, 8, 47.11m),
        new("ml.p5.4xlarge", 16, 256, 1, null),
        new("ml.p5.48xlarge", 192, 2048, 8, null),
        new("ml.p5e.48xlarge", 192, 2048, 8, null),
        new("ml.p5en.48xlarge", 192, 2048, 8, null),
        new("ml.p6-b200.48xlarge", 192, 2048, 8, null),
        new("ml.p6-b300.48xlarge", 192, 4096, 8, null),
        new("ml.p6e-gb200.36xlarge", 144, 960, 4, null),
        new("ml.dl1.24xlarge", 96, 768, 0, null),
        new("ml.inf1.xlarge", 4, 8, 0, 0.297m),
        new("ml.inf1.2xlarge", 8, 16, 0, 0.434m),
        new("ml.inf1.6xlarge", 24, 48, 0, 1.416m),
        new("ml.inf1.24xlarge", 96, 192, 0, 5.665m),
        new("ml.inf2.xlarge", 4, 16, 0, 0.99m),
        new("ml.inf2.8xlarge", 32, 128, 0, 2.361m),
        new("ml.inf2.24xlarge", 96, 384, 0, 7.789m),
        new("ml.inf2.48xlarge", 192, 768, 0, 15.578m),
        new("ml.trn1.2xlarge", 8, 32, 0, 1.545m),
        new("ml.trn1.32xlarge", 128, 512, 0, 24.725m),
        new("ml.trn1n.32xlarge", 128, 512, 0, 28.497m),
        new("ml.trn2.48xlarge", 192, 2048, 0, null),
    ];

    private static readonly FrozenDictionary<string, InstanceType> ByName =
        RegularFamilies.SelectMany(Expand).Concat(OtherTypes).ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>Every known type, in no particular order.</summary>
    public static IReadOnlyCollection<InstanceType> All => ByName.Values;

    /// <summary>Looks a type up by the API's name, such as <c>ml.m5.xlarge</c>.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out InstanceType? type) => ByName.TryGetValue(name, out type);

    /// <summary>Looks a type up by the API's name.</summary>
    /// <exception cref="ArgumentException">No such type; the message names the closest family members.</exception>
    public static InstanceType Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (TryGet(name, out var type))
        {
            return type;
        }

        var family = name.Split('.') is ["ml", var part, ..] ? $"ml.{part}." : "ml.m5.";
        var similar = ByName.Keys.Where(known => known.StartsWith(family, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var hint = similar.Count > 0 ? $" Known types of its family: {string.Join(", ", similar)}." : string.Empty;
        throw new ArgumentException($"The instance type '{name}' is not known.{hint}", nameof(name));
    }

    private static IEnumerable<InstanceType> Expand((string Family, double GiBPerVCpu, decimal UsdPerVCpu, string Sizes) row) =>
        from size in row.Sizes.Split(' ')
        let vCpus = VCpusOf(size)
        select new InstanceType(
            $"ml.{row.Family}.{size}", vCpus, vCpus * row.GiBPerVCpu, 0, Math.Round(vCpus * row.UsdPerVCpu, 4, MidpointRounding.AwayFromZero));

    private static int VCpusOf(string size) => size switch
    {
        "medium" => 1,
        "large" => 2,
        "xlarge" => 4,
        _ => 4 * int.Parse(size.AsSpan(0, size.Length - "xlarge".Length), System.Globalization.CultureInfo.InvariantCulture),
    };
}
