namespace Sagebrush.Wire.Schema;

/// <summary>A structure of an API model: it can walk its members for a writer and set one from a reader.</summary>
/// <remarks>
/// One generated body serves every protocol: JSON, XML, query strings, HTTP bindings and the validator are all writers or readers.
/// </remarks>
public interface IShape
{
    /// <summary>What the model says of the structure.</summary>
    StructureSchema Schema { get; }

    /// <summary>Hands every member that is set to <paramref name="writer"/>, in the model's order.</summary>
    void WriteMembers(ShapeWriter writer);

    /// <summary>Sets the member at <paramref name="index"/> of <see cref="Schema"/> from <paramref name="reader"/>.</summary>
    void ReadMember(int index, ShapeReader reader);
}
