using System.CommandLine;
using System.Text.Json.Nodes;
using Sagebrush.Instance;

namespace Sagebrush.CommandLine;

/// <summary><c>env</c>: the variables that point every AWS SDK and the AWS CLI at the running server.</summary>
internal static class EnvCommand
{
    private const string SessionToken = "AWS_SESSION_TOKEN";

    public static Command Create(CommonOptions common)
    {
        var format = CommonOptions.Format("shell", CommonOptions.Json);
        var command = new ExampleCommand(
            "env",
            "Print the environment that points AWS clients at the running server.",
            ($"eval \"$({Invocation.Name} env)\"", "use it in this shell"),
            ($"{Invocation.Name} env --format json", "for a program to read"))
        { format };
        command.SetAction(result =>
        {
            var connection = Connection.Require(common.DataOf(result));
            Write(connection, result.GetValue(format) == CommonOptions.Json);
            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(Connection connection, bool json)
    {
        (string Name, string Value)[] variables =
        [
            ("AWS_ENDPOINT_URL", connection.Server.Url.GetLeftPart(UriPartial.Authority)),
            ("AWS_ACCESS_KEY_ID", connection.Credential.AccessKeyId),
            ("AWS_SECRET_ACCESS_KEY", connection.Credential.SecretAccessKey),
            ("AWS_DEFAULT_REGION", connection.Server.Region),
        ];
        if (json)
        {
            Console.Out.WriteLine(new JsonObject(variables.Select(variable => KeyValuePair.Create(variable.Name, (JsonNode?)variable.Value))).ToJsonString(JsonOutput.Options));
            return;
        }

        foreach (var (name, value) in variables)
        {
            Console.Out.WriteLine($"export {name}={value}");
        }

        // A token left over from a login to AWS would be sent along with our key, and be wrong for it.
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(SessionToken)))
        {
            Console.Out.WriteLine($"unset {SessionToken}");
        }
    }
}
