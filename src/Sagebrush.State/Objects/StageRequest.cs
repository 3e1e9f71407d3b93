namespace Sagebrush.State.Objects;

/// <summary>Which objects to bring into which folder.</summary>
public sealed record StageRequest
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>
    /// Every key that begins so. Files are named by what follows the prefix when it names a folder (<c>data/train</c> with or
    /// without the slash), and else by what follows its last slash: <c>data/tr</c> brings <c>data/train.csv</c> as <c>train.csv</c>.
    /// </summary>
    public string Prefix { get; init; } = "";

    /// <summary>Exactly these keys instead, each beginning with the prefix (a manifest's). Null for all.</summary>
    public IReadOnlyList<string>? Keys { get; init; }

    /// <summary>The folder. It is made when missing; there must be no files of those names in it.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// Whether files may share their bytes with the store. They are read-only; allow it for readers that cannot undo that, and
    /// else have copies made.
    /// </summary>
    public bool AllowLinks { get; init; } = true;
}
