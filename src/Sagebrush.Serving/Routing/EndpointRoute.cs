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

        // Weights of zero everywhere would leave nobody to answer: then all variants are alike.
        var equal = variants.All(variant => variant.Weight == 0);
        var sum = 0.0;
        for (var i = 0; i < _variants.Length; i++)
        {
            sum += equal ? 1 : _variants[i].Weight;
            _cumulative[i] = sum;
        }
    }

    public ReadOnlySpan<VariantRoute> Variants => _variants;

    public VariantRoute Choose()
    {
        if (_variants.Length == 1)
        {
            return _variants[0];
        }

        var point = Random.Shared.NextDouble() * _cumulative[^1];
        var index = 0;
        while (point >= _cumulative[index])
        {
            index++;
        }

        return _variants[index];
    }

    public VariantRoute? Find(string name) => Array.Find(_variants, variant => variant.Name == name);
}
