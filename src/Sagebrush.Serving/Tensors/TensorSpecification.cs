namespace Sagebrush.Serving.Tensors;

/// <summary>An input or output as a model declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it is made of.</param>
/// <param name="Shape">Its dimensions; -1 for one of any size.</param>
public sealed record TensorSpecification(string Name, ElementType Type, IReadOnlyList<long> Shape);
