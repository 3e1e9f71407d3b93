using Sagebrush.CommandLine;
using Sagebrush.Wire.Client;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Instance;

/// <summary>A running server and the root key of its data directory.</summary>
internal sealed record Connection(RunningServer Server, Credential Credential)
{
    /// <summary>Finds the server of a data directory.</summary>
    /// <exception cref="CommandException">None is running, or it has no key.</exception>
    public static Connection Require(DataDirectory data)
    {
        var server = RunningServer.Require(data);
        return CredentialsStore.TryReadRoot(data.Path) is { } credential
            ? new(server, credential)
            : throw new CommandException(ExitCode.Failure, $"the root key of {data.Path} is gone", "stop the server and start it again: it makes a new one");
    }

    public ApiClient OpenClient() => new(Server.Url, Credential, Server.Region, TimeProvider.System);
}
