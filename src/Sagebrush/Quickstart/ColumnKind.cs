namespace Sagebrush.Quickstart;

/// <summary>What a column is to a model.</summary>
internal enum ColumnKind
{
    /// <summary>Every cell that is there is a number.</summary>
    Numeric,

    /// <summary>Text that repeats: the value names a group.</summary>
    Categorical,

    /// <summary>Text that hardly repeats, or a running number: it names the row and teaches nothing.</summary>
    Identifier,

    /// <summary>The same everywhere, or missing everywhere.</summary>
    Constant,
}
