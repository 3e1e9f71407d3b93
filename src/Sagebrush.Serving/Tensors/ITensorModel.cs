namespace Sagebrush.Serving.Tensors;

/// <summary>A model from tensors to tensors.</summary>
/// <remarks>Safe for concurrent calls.</remarks>
public interface ITensorModel : IDisposable
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Its version, a number.</summary>
    string Version { get; }

    /// <summary>What it wants.</summary>
    IReadOnlyList<TensorSpecification> Inputs { get; }

    /// <summary>What it gives.</summary>
    IReadOnlyList<TensorSpecification> Outputs { get; }

    /// <summary>Computes the outputs, in the order of <see cref="Outputs"/>.</summary>
    /// <param name="inputs">A tensor for each input, in their order, of its type and shape.</param>
    /// <exception cref="ModelInvocationException">It cannot be computed.</exception>
    IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> inputs);
}
