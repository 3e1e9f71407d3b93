namespace Sagebrush.Algorithms.Formats;

/// <summary>A part of a model's answer to a row.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Width">How many numbers it has.</param>
/// <param name="IsVector">Whether it is a list, also of one number.</param>
/// <param name="IsWhole">Whether its numbers are written without a point.</param>
internal readonly record struct AnswerField(string Name, int Width = 1, bool IsVector = false, bool IsWhole = false);
