using System.Text.RegularExpressions;
using Xunit;

namespace Sagebrush.Architecture.Tests;

/// <summary>Guards habits no analyzer knows: what must not be written, and how long a file may grow.</summary>
public sealed partial class SourceTextTests
{
    private const int MaximumLines = 700;

    [Fact]
    public void Code_Everywhere_WaitsForConditionsAndLeavesNothingUnfinished() =>
        Assert.Empty(Matches(Repository.Code(), Unfinished()));

    [Fact]
    public void Code_OfTheProduct_TakesItsTimeFromTimeProvider() =>
        Assert.Empty(Matches(Repository.Files("src", ".cs"), AmbientClock()));

    [Fact]
    public void Code_Everywhere_IsShortEnoughToRead() =>
        Assert.Empty(Repository.Code()
            .Select(file => (file, Lines: File.ReadLines(Path.Combine(Repository.Root, file)).Count()))
            .Where(entry => entry.Lines > MaximumLines)
            .Select(entry => $"{entry.file}: {entry.Lines} lines, more than {MaximumLines}"));

    [Fact]
    public void Code_OfTheProduct_NamesNoPathOfOneMachine() =>
        Assert.Empty(Matches(
            Repository.Files("src", ".cs", ".csproj", ".json", ".props").Concat(Repository.Pages()).Concat(Repository.Files("examples", ".py", ".sh")),
            MachinePath()));

    private static IEnumerable<string> Matches(IEnumerable<string> files, Regex pattern) =>
        from file in files
        from line in File.ReadLines(Path.Combine(Repository.Root, file)).Index()
        where pattern.IsMatch(line.Item)
        select $"{file}:{line.Index + 1}: {line.Item.Trim()}";

    // Character classes keep the patterns from matching themselves.
    [GeneratedRegex(@"Thread[.]Sleep|DateTime[.](Utc)?Now|[N]otImplementedException|^\s*[#]region|\b(T[O]DO|F[I]XME|H[A]CK)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"DateTimeOffset[.](Utc)?Now|Stopwatch[.](StartNew|GetTimestamp)")]
    private static partial Regex AmbientClock();

    [GeneratedRegex(@"(^|[\s""'(`=])/(work|home/\w+|root|Users)/")]
    private static partial Regex MachinePath();
}
