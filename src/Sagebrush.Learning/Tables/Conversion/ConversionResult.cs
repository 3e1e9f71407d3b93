namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>What a conversion wrote.</summary>
/// <param name="RowCount">Rows.</param>
/// <param name="LabelCount">Labels of each row.</param>
/// <param name="ColumnCount">Features of each row.</param>
public sealed record ConversionResult(long RowCount, int LabelCount, long ColumnCount);
