using System.CommandLine;
using System.Text.Json.Nodes;
using Sagebrush.Doctor;
using Spectre.Console;
using Health = Sagebrush.Doctor.Health;

namespace Sagebrush.CommandLine;

/// <summary><c>doctor</c>: is everything there that the program leans on?</summary>
internal static class DoctorCommand
{
    public static Command Create(CommonOptions common)
    {
        var port = CommonOptions.Port();
        var format = CommonOptions.Format("text", CommonOptions.Json);
        var command = new ExampleCommand(
            "doctor",
            "Check what the program leans on, and say how to mend what is missing.",
            ($"{Invocation.Name} doctor", "a line for each check"),
            ($"{Invocation.Name} doctor --format json", "for a bug report"))
        { port, format };
        command.SetAction(async (result, cancellationToken) =>
        {
            var findings = await Examination.RunAsync(common.DataOf(result), result.GetValue(port), cancellationToken);
            if (result.GetValue(format) == CommonOptions.Json)
            {
                WriteJson(findings);
            }
            else
            {
                WriteText(findings);
            }

            return findings.Any(finding => finding.Health == Health.Bad) ? ExitCode.Failure : ExitCode.Success;
        });
        return command;
    }

    private static void WriteText(IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            var mark = finding.Health switch
            {
                Health.Good => "[green]✓[/]",
                Health.Limited => "[yellow]![/]",
                _ => "[red]✗[/]",
            };
            Terminal.Output.MarkupLine($"{mark} {finding.Subject,-15} {Markup.Escape(finding.Detail)}");
            if (finding.Remedy is { } remedy)
            {
                Terminal.Output.MarkupLine($"  {"",-15} [blue]→ {Markup.Escape(remedy)}[/]");
            }
        }
    }

    private static void WriteJson(IReadOnlyList<Finding> findings) => Console.Out.WriteLine(new JsonObject
    {
        ["version"] = VersionCommand.Version,
        ["healthy"] = findings.All(finding => finding.Health != Health.Bad),
        ["findings"] = new JsonArray([.. findings.Select(finding => new JsonObject
        {
            ["subject"] = finding.Subject,
            ["health"] = finding.Health switch
            {
                Health.Good => "good",
                Health.Limited => "limited",
                _ => "bad",
            },
            ["detail"] = finding.Detail,
            ["remedy"] = finding.Remedy,
        })]),
    }.ToJsonString(JsonOutput.Options));
}
