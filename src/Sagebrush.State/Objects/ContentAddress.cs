namespace Sagebrush.State.Objects;

/// <summary>Where the bytes of an object or a part are.</summary>
/// <param name="Id">The file's name, the key of the inline row, or the owner of the parts.</param>
/// <param name="Layout">Which of the three.</param>
internal readonly record struct ContentAddress(long Id, ContentLayout Layout);
