using System.Collections.Immutable;

namespace Sagebrush.Serving.Routing;

/// <summary>An endpoint's variants, ready to choose from.</summary>
internal sealed class EndpointRoute
{
    private readonly VariantRoute[] _variants;
    private readonly double[] _cumulative;

    public EndpointRoute(ImmutableArray<VariantRoute> variants)
    {
        _variants = [.. variants];
        _cumulative = new double[_variants.Length];

        // A variant without instances takes no traffic as long as another can. Weights of zero everywhere would leave
        // nobody to answer: then all variants are alike.
        var able = variants.Where(variant => !variant.Instances.IsEmpty).ToHashSet();
        var equal = (able.Count > 0 ? able : [.. variants]).All(variant => variant.Weight == 0);
        var sum = 0.0;
        for (var i = 0; i < _variants.Length; i++)
        {
            var draws = able.Count == 0 || able.Contains(_variants[i]);
            sum += !draws ? 0 : equal ? 1 : _variants[i].Weight;
            _cumulative[i] = sum;
        }
    }

    public ReadOnlySpan<VariantRoute> Variants => _variants;

    /// <summary>Draws a variant by the weights.</summary>
    /// <param name="name">The only variant wanted, if any. While an endpoint moves from one fleet to another, both may have it.</param>
    /// <returns>Null when no variant has that name.</returns>
    public VariantRoute? Choose(string? name) =>
        name is not null ? Find(name) : _variants.Length == 1 ? _variants[0] : _variants[Draw()];

    private int Draw()
    {
        var point = Random.Shared.NextDouble() * _cumulative[^1];
        var index = 0;
        while (point >= _cumulative[index])
        {
            index++;
        }

        return index;
    }

    private VariantRoute? Find(string name)
    {
        VariantRoute? found = null;
        var sum = 0.0;
        foreach (var variant in _variants)
        {
            if (variant.Name == name)
            {
                sum += variant.Weight;
                if (found is null || Random.Shared.NextDouble() * sum < variant.Weight)
                {
                    found = variant;
                }
            }
        }

        return found;
    }
}
