namespace Sagebrush.Serving.Tensors;

/// <summary>An array of some dimensions, the last one running fastest.</summary>
public sealed class Tensor
{
    /// <summary>Creates a tensor of elements that are there.</summary>
    /// <exception cref="ArgumentException">There are not as many elements as the shape says.</exception>
    internal Tensor(string name, ElementType type, IReadOnlyList<long> shape, Array elements)
    {
        if (Shapes.Count(shape) != elements.Length)
        {
            throw new ArgumentException($"{elements.Length} elements do not fill the shape {Shapes.Show(shape)}.", nameof(elements));
        }

        (Name, Type, Shape, Elements) = (name, type, shape, elements);
    }

    /// <summary>Which of a model's inputs or outputs it is.</summary>
    public string Name { get; }

    /// <summary>What it is made of.</summary>
    public ElementType Type { get; }

    /// <summary>Its dimensions; none for a single element.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The elements, an array of the type's own.</summary>
    internal Array Elements { get; }

    /// <summary>The same elements under another name or in another shape.</summary>
    internal Tensor With(string name, IReadOnlyList<long> shape) => new(name, Type, shape, Elements);

    /// <summary>The same numbers as another type.</summary>
    internal Tensor As(ElementType type)
    {
        if (type == Type)
        {
            return this;
        }

        var elements = type.Allocate(Elements.Length);
        for (var i = 0; i < elements.Length; i++)
        {
            type.SetNumber(elements, i, Type.GetNumber(Elements, i));
        }

        return new Tensor(Name, type, Shape, elements);
    }
}
