namespace Sagebrush.Services.Sns.Filtering;

/// <summary>A value that conditions are tried on: a text, a number, or one of JSON's words.</summary>
/// <param name="Text">The text, or <c>true</c>, <c>false</c>, <c>null</c>; null for a number.</param>
/// <param name="Number">The number; null for a text.</param>
/// <param name="IsWord">Whether the text is one of JSON's words.</param>
internal readonly record struct FilterValue(string? Text, double? Number, bool IsWord = false);
