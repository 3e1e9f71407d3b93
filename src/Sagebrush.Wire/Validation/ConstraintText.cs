using System.Globalization;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Validation;

/// <summary>Constraints in AWS's words.</summary>
internal static class ConstraintText
{
    public static string Enumeration(Constraints constraints) => $"Member must satisfy enum value set: [{string.Join(", ", constraints.Values!)}]";

    public static string Pattern(Constraints constraints) => $"Member must satisfy regular expression pattern: {constraints.Pattern}";

    public static string LeastLength(Constraints constraints) => $"Member must have length greater than or equal to {Number(constraints.Min)}";

    public static string GreatestLength(Constraints constraints) => $"Member must have length less than or equal to {Number(constraints.Max)}";

    public static string LeastValue(Constraints constraints) => $"Member must have value greater than or equal to {Number(constraints.Min)}";

    public static string GreatestValue(Constraints constraints) => $"Member must have value less than or equal to {Number(constraints.Max)}";

    /// <summary>All that an element of a list or map must satisfy, in AWS's order.</summary>
    public static string All(Member element)
    {
        var constraints = element.Constraints!;
        if (constraints.Values is not null)
        {
            return Enumeration(constraints);
        }

        var isNumber = element.Type is ShapeType.Integer or ShapeType.Long or ShapeType.Float or ShapeType.Double;
        var parts = new List<string>(3);
        if (constraints.Max is not null)
        {
            parts.Add(isNumber ? GreatestValue(constraints) : GreatestLength(constraints));
        }

        if (constraints.Min is not null)
        {
            parts.Add(isNumber ? LeastValue(constraints) : LeastLength(constraints));
        }

        if (constraints.Pattern is not null)
        {
            parts.Add(Pattern(constraints));
        }

        return string.Join(", ", parts);
    }

    private static string Number(double? value) => value!.Value.ToString(CultureInfo.InvariantCulture);
}
