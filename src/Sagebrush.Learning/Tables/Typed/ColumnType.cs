namespace Sagebrush.Learning.Tables.Typed;

/// <summary>What a column is to somebody who learns from it.</summary>
public enum ColumnType
{
    /// <summary>Numbers that measure or count.</summary>
    Numeric = 0,

    /// <summary>Text that repeats: the value names a group.</summary>
    Categorical = 1,

    /// <summary>Two values that say yes and no, or 1 and 0.</summary>
    Boolean = 2,

    /// <summary>Dates, with or without a time of day.</summary>
    DateTime = 3,

    /// <summary>Several words a cell, hardly ever the same.</summary>
    Text = 4,

    /// <summary>A running number or a key: it names the row and teaches nothing.</summary>
    Identifier = 5,

    /// <summary>The same in all rows that have a value.</summary>
    Constant = 6,

    /// <summary>Missing in all rows.</summary>
    Missing = 7,
}
