using System.CommandLine;

using Sagebrush.Server;

namespace Sagebrush.CommandLine;

/// <summary><c>api-coverage</c>: the documentation's table of operations. For the project's developers, so not listed.</summary>
internal static class ApiCoverageCommand
{
    public static Command Create()
    {
        var command = new ExampleCommand("api-coverage", "Print which operations are handled, in Markdown.", (ApiCoverage.Command, "bring the page up to date")) { Hidden = true };
        command.SetAction(async (_, _) =>
        {
            await Console.Out.WriteAsync(await ApiCoverage.WriteAsync());
            return ExitCode.Success;
        });
        return command;
    }
}
