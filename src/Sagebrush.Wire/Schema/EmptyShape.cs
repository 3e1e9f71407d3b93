namespace Sagebrush.Wire.Schema;

/// <summary>The input or output of an operation that has none.</summary>
public sealed class EmptyShape : IShape
{
    /// <summary>The one schema without members.</summary>
    public static StructureSchema Schema { get; } = new("Empty", []);

    StructureSchema IShape.Schema => Schema;

    /// <summary>An instance to answer with.</summary>
    public static EmptyShape Instance { get; } = new();

    /// <inheritdoc/>
    public void WriteMembers(ShapeWriter writer)
    {
    }

    /// <inheritdoc/>
    public void ReadMember(int index, ShapeReader reader)
    {
    }
}
