namespace Sagebrush.Compute.Execution;

/// <summary>Writes words so that a POSIX shell reads them back unchanged.</summary>
internal static class ShellText
{
    /// <summary>Quotes one word.</summary>
    /// <exception cref="ArgumentException">The word holds a NUL, which no program can be given.</exception>
    public static string Quote(string word)
    {
        if (word.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("A command, its arguments and its environment cannot hold NUL characters.", nameof(word));
        }

        return word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '=' or ',' or ':' or '+' or '@')
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }

    /// <summary>Quotes words and puts spaces between them.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));
}
