namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>What a feature's value is.</summary>
internal enum RecordCellKind
{
    /// <summary>Nothing: an empty cell, or null.</summary>
    Missing,

    /// <summary>A number.</summary>
    Number,

    /// <summary>Words.</summary>
    Text,

    /// <summary>Any other JSON: true, false, or a list.</summary>
    Json,
}
