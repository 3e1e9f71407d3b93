using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Sagebrush.Instance;
using Sagebrush.Server;

namespace Sagebrush.CommandLine;

/// <summary><c>up</c>: serves in the foreground until told to stop.</summary>
internal static class UpCommand
{
    public static Command Create(CommonOptions common)
    {
        var port = CommonOptions.Port();
        var host = new Option<string>("--host") { Description = "Address to listen on", DefaultValueFactory = _ => "127.0.0.1", HelpName = "ADDRESS" };
        var behindProxy = new Option<bool>("--behind-proxy") { Description = "Confirm that a proxy encrypts what comes from other machines; needed to listen beyond this one" };
        var fileSystems = new Option<string[]>("--file-system")
        {
            Description = "Let a folder stand for an EFS or FSx file system that training jobs name by its id; may be given several times",
            HelpName = "ID=FOLDER",
        };
        var pythons = new Option<string[]>("--python")
        {
            Description = "The Python that runs a framework's scripts and its models' handlers (scikit-learn, xgboost, pytorch, tensorflow, mxnet, chainer); may be given several times",
            HelpName = "FRAMEWORK=PATH",
        };
        var createRepositories = new Option<bool>("--create-repositories-on-push") { Description = "Let pushing an image make the repository it names; on AWS it must be there before" };
        var level = new Option<LogLevel>("--log-level") { Description = "What to log to standard error", DefaultValueFactory = _ => LogLevel.Information, HelpName = "LEVEL" };
        var command = new ExampleCommand(
            "up",
            "Start the server and keep it in the foreground until Ctrl-C or SIGTERM.",
            ($"{Invocation.Name} up", "serve on http://127.0.0.1:8080"),
            ($"{Invocation.Name} up --port 0 --data ./data", "a free port, data in this folder"),
            ($"{Invocation.Name} up --host 0.0.0.0 --behind-proxy", "for other machines, TLS done in front"))
        { port, host, behindProxy, fileSystems, pythons, createRepositories, level };
        command.SetAction(async (result, cancellationToken) =>
        {
            var data = common.DataOf(result);
            var options = new ServerOptions
            {
                DataDirectory = data.Path,
                Host = result.GetValue(host)!,
                Port = result.GetValue(port),
                FileSystems = ReadPairs("--file-system", "fs-0123456789abcdef0=/srv/data", result.GetValue(fileSystems), Directory.Exists),
                Pythons = ReadPairs("--python", "pytorch=/opt/pytorch/bin/python", result.GetValue(pythons), File.Exists),
                CreatesRepositoriesOnPush = result.GetValue(createRepositories),
                PublicUrl = Url("SAGEBRUSH_PUBLIC_URL", "http", "https"),
                MailServer = Url("SAGEBRUSH_SMTP", "smtp", "smtps"),
                ObjectStore = ObjectStoreAddress.Read(Environment.GetEnvironmentVariable(ObjectStoreAddress.Variable)),
                SmsGateway = Url("SAGEBRUSH_SMS_GATEWAY", "http", "https"),
                Containers = ContainerSettings.Read(),
            };
            CheckHost(options.Host, result.GetValue(behindProxy));
            await using var server = await LocalServer.StartAsync(data, options, result.GetValue(level), cancellationToken);
            Console.Out.WriteLine($"Sagebrush is ready at {server.Url.GetLeftPart(UriPartial.Authority)} (data in {data.Path})");
            if (Terminal.IsInteractive)
            {
                Console.Error.WriteLine($"In another terminal: eval \"$({Invocation.Line("env", data)})\"    Ctrl-C stops.");
            }

            await server.WaitForShutdownAsync(cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }

    private static Dictionary<string, string> ReadPairs(string option, string example, string[]? pairs, Func<string, bool> exists)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs ?? [])
        {
            if (pair.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var at) || !exists(pair[(at + 1)..]))
            {
                throw new CommandException(ExitCode.Usage, $"{option} '{pair}' names nothing that is there", $"write {option} {example}");
            }

            read[pair[..at]] = Path.GetFullPath(pair[(at + 1)..]);
        }

        return read;
    }

    private static Uri? Url(string variable, params ReadOnlySpan<string> schemes)
    {
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text)
        {
            return null;
        }

        // The value may hold a password: it is not repeated.
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && schemes.Contains(url.Scheme)
            ? url
            : throw new CommandException(ExitCode.Usage, $"{variable} is not a URL that begins with {schemes[0]}:// or {schemes[1]}://", "see docs/configuration.md");
    }

    private static void CheckHost(string host, bool behindProxy)
    {
        if (host == "localhost")
        {
            return;
        }

        if (!IPAddress.TryParse(host, out var address))
        {
            throw new CommandException(ExitCode.Usage, $"--host '{host}' is not an address of this machine", "write localhost, 127.0.0.1, 0.0.0.0 or another IP address");
        }

        if (!IPAddress.IsLoopback(address) && !behindProxy)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"listening on {host} lets other machines send data and keys unencrypted",
                "put a TLS proxy in front and say so with --behind-proxy, or listen on 127.0.0.1");
        }
    }
}
