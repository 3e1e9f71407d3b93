namespace Sagebrush.Serving.Routing;

/// <summary>The right to send one request to an instance of a variant; its model stays alive until it is given back.</summary>
/// <remarks>Dispose exactly once.</remarks>
public readonly struct VariantLease : IDisposable
{
    internal VariantLease(VariantRoute variant, ServedModel instance) => (Variant, Instance) = (variant, instance);

    /// <summary>The variant chosen.</summary>
    public VariantRoute Variant { get; }

    /// <summary>The instance chosen.</summary>
    public ServedModel Instance { get; }

    /// <summary>The model to ask.</summary>
    public IModelServer Server => Instance.Server;

    /// <summary>The log stream the instance's errors point at, if there is one.</summary>
    public string? LogStreamArn => Instance.LogStreamArn;

    /// <inheritdoc/>
    public void Dispose() => Instance.Leave();
}
