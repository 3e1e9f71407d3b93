namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>A part of a text that is explained for itself.</summary>
/// <param name="Text">The part.</param>
/// <param name="Start">Where it begins in the text, in UTF-16 units.</param>
/// <param name="StartIndex">The same in characters, as Python counts and as answers tell it.</param>
internal readonly record struct TextUnit(string Text, int Start, int StartIndex)
{
    /// <summary>Where it ends.</summary>
    public int End => Start + Text.Length;
}
