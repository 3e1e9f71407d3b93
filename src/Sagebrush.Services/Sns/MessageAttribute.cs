namespace Sagebrush.Services.Sns;

/// <summary>One attribute of a message.</summary>
/// <param name="Type"><c>String</c>, <c>String.Array</c>, <c>Number</c> or <c>Binary</c>, maybe with a label such as <c>Number.float</c>.</param>
/// <param name="Value">The value; of binary ones in base 64.</param>
internal sealed record MessageAttribute(string Type, string Value);
