namespace Sagebrush.Serving.Tensors;

/// <summary>Brings what a request holds into the shape and the type a model wants.</summary>
internal static class TensorInputs
{
    /// <summary>Puts tensors into the order of the model's inputs; each must be there, and no other.</summary>
    /// <exception cref="FormatException">They are not the model's.</exception>
    public static IReadOnlyList<Tensor> Arrange(IReadOnlyList<TensorSpecification> inputs, IReadOnlyList<Tensor> given)
    {
        foreach (var tensor in given)
        {
            if (inputs.All(input => input.Name != tensor.Name))
            {
                throw new FormatException($"the model has no input '{tensor.Name}'; it has {Names(inputs)}");
            }
        }

        return [.. inputs.Select(input => given.SingleOrDefault(tensor => tensor.Name == input.Name) is { } tensor
            ? Fit(input, tensor)
            : throw new FormatException($"the input '{input.Name}' is missing; the model has {Names(inputs)}"))];
    }

    /// <summary>Gives a tensor an input's type and shape, where that changes no number's place.</summary>
    /// <exception cref="FormatException">It has another shape.</exception>
    public static Tensor Fit(TensorSpecification input, Tensor tensor)
    {
        if (!Shapes.Fits(tensor.Shape, input.Shape))
        {
            // A column may come as a list of numbers, and a single row without its batch.
            IReadOnlyList<long> column = [.. tensor.Shape, 1], batch = [1, .. tensor.Shape];
            tensor = Shapes.Fits(column, input.Shape) ? tensor.With(tensor.Name, column)
                : Shapes.Fits(batch, input.Shape) ? tensor.With(tensor.Name, batch)
                : throw new FormatException($"the input '{input.Name}' wants the shape {Shapes.Show(input.Shape)} and was given {Shapes.Show(tensor.Shape)}");
        }

        return tensor.As(input.Type);
    }

    public static string Names(IEnumerable<TensorSpecification> tensors) =>
        string.Join(", ", tensors.Select(tensor => $"'{tensor.Name}' ({tensor.Type} {Shapes.Show(tensor.Shape)})"));
}
