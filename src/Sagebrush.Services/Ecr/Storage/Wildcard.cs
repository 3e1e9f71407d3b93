using System.IO.Enumeration;

namespace Sagebrush.Services.Ecr.Storage;

/// <summary>Patterns in which <c>*</c> stands for any number of characters.</summary>
internal static class Wildcard
{
    // The only other sign with a meaning there is a question mark, which tags and ECR's filters never have.
    public static bool Matches(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);
}
