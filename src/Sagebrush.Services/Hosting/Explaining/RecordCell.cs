namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>The value of one feature, as it was written.</summary>
/// <param name="Text">The number, the words without quotes, or JSON.</param>
/// <param name="Kind">What it is.</param>
/// <param name="IsQuoted">Whether CSV had it in quotes: the model gets it so again.</param>
internal readonly record struct RecordCell(string Text, RecordCellKind Kind, bool IsQuoted = false);
