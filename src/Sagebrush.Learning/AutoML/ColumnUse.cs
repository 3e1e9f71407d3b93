using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.AutoML;

/// <summary>A column and what becomes of it.</summary>
/// <param name="Profile">What it is.</param>
/// <param name="IsUsed">Whether it is learnt from.</param>
/// <param name="Reason">Why it is not, or what to look at; null for nothing.</param>
/// <param name="Explained">The share of the target's variance that the column alone explains on rows it was not fitted to; 0 when it is not used.</param>
public sealed record ColumnUse(ColumnProfile Profile, bool IsUsed, string? Reason, double Explained);
