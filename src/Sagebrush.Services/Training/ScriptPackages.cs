namespace Sagebrush.Services.Training;

/// <summary>Where the packages of a script are, as its job sees it.</summary>
/// <param name="Code">Where the code itself is installed, if it is a package.</param>
/// <param name="Requirements">Where what <c>requirements.txt</c> asks for is installed.</param>
/// <param name="AreKept">Whether an earlier job installed the requirements: they are there, and must not be changed.</param>
internal sealed record ScriptPackages(string Code, string Requirements, bool AreKept)
{
    /// <summary>What Python is told to search.</summary>
    public string SearchPath => $"{Code}:{Requirements}";
}
