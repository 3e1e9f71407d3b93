namespace Sagebrush.Serving.Routing;

/// <summary>The right to send one request to a variant's model; the model stays alive until it is given back.</summary>
/// <remarks>Dispose exactly once.</remarks>
public readonly struct VariantLease : IDisposable
{
    internal VariantLease(VariantRoute variant) => Variant = variant;

    /// <summary>The variant chosen.</summary>
    public VariantRoute Variant { get; }

    /// <summary>The model to ask.</summary>
    public IModelServer Server => Variant.Model.Server;

    /// <inheritdoc/>
    public void Dispose() => Variant.Model.Leave();
}
