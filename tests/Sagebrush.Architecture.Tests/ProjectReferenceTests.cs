using System.Xml.Linq;
using Xunit;

namespace Sagebrush.Architecture.Tests;

/// <summary>Guards the direction of references: the map in docs/architecture.md, as a table.</summary>
public sealed class ProjectReferenceTests
{
    /// <summary>What each project may lean on. A new project is placed here on purpose.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Sagebrush.Learning"] = [],
        ["Sagebrush.State"] = [],
        ["Sagebrush.Compute"] = [],
        ["Sagebrush.Wire"] = [],
        ["Sagebrush.Contracts.Generator"] = [],
        ["Sagebrush.Contracts"] = ["Sagebrush.Wire", "Sagebrush.Contracts.Generator"],
        ["Sagebrush.Algorithms"] = ["Sagebrush.Learning"],
        ["Sagebrush.Serving"] = ["Sagebrush.Algorithms", "Sagebrush.Learning"],
        ["Sagebrush.Services"] =
        [
            "Sagebrush.Wire", "Sagebrush.Contracts", "Sagebrush.State", "Sagebrush.Compute", "Sagebrush.Serving",
            "Sagebrush.Algorithms", "Sagebrush.Learning",
        ],
        ["Sagebrush"] =
        [
            "Sagebrush.Services", "Sagebrush.Serving", "Sagebrush.Algorithms", "Sagebrush.Learning", "Sagebrush.Compute",
            "Sagebrush.State", "Sagebrush.Contracts", "Sagebrush.Wire",
        ],
    };

    public static TheoryData<string> SourceProjects() => [.. Repository.Files("src", ".csproj")];

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void References_OfASourceProject_PointDown(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        Assert.True(Allowed.TryGetValue(name, out var allowed), $"{name} has no place in the table of {nameof(ProjectReferenceTests)}.");

        Assert.Empty(References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)).Except(allowed!));
    }

    [Theory]
    [InlineData("Sagebrush.Learning")]
    [InlineData("Sagebrush.State")]
    [InlineData("Sagebrush.Compute")]
    [InlineData("Sagebrush.Algorithms")]
    public void References_OfALayerBelowTheWire_HaveNoWebFramework(string name) =>
        Assert.DoesNotContain("Microsoft.AspNetCore.App", References($"src/{name}/{name}.csproj", "FrameworkReference"));

    [Fact]
    public void Solution_ListsEveryProject()
    {
        var listed = XDocument.Parse(Repository.Read("Sagebrush.slnx")).Descendants("Project").Select(item => item.Attribute("Path")!.Value);
        var present = new[] { "src", "tests", "bench" }.SelectMany(folder => Repository.Files(folder, ".csproj"));

        Assert.Equal(present.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Versions_OfPackages_StandInOnePlace()
    {
        var own = new[] { "src", "tests", "bench" }.SelectMany(folder => Repository.Files(folder, ".csproj"))
            .Where(project => XDocument.Parse(Repository.Read(project)).Descendants("PackageReference")
                .Any(reference => reference.Attribute("Version") is not null));

        Assert.Empty(own);
    }

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Parse(Repository.Read(project)).Descendants(kind).Select(reference => reference.Attribute("Include")!.Value.Replace('\\', '/'));
}
