using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Sagebrush.CommandLine;
using Sagebrush.Server;

namespace Sagebrush.Instance;

/// <summary>A server in this process that owns its data directory and has told other commands where it is.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly ServerLock _lock;
    private readonly SagebrushServer _server;

    private LocalServer(ServerLock serverLock, SagebrushServer server) => (_lock, _server) = (serverLock, server);

    public Uri Url => _server.Url;

    /// <summary>Starts a server; it accepts requests when this returns.</summary>
    /// <exception cref="CommandException">The data directory or the port belongs to somebody else, or cannot be used.</exception>
    public static async Task<LocalServer> StartAsync(DataDirectory data, ServerOptions options, LogLevel level, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        data.Create();
        var serverLock = await ServerLock.TakeAsync(data, clock, cancellationToken);
        SagebrushServer? server = null;
        try
        {
            server = await SagebrushServer.StartAsync(options, logging => Configure(logging, level), cancellationToken);
            new RunningServer(RunningServer.FormatVersion, Environment.ProcessId, server.Url, ServerOptions.DefaultRegion, clock.GetUtcNow()).Announce(data);
            return new(serverLock, server);
        }
        catch (Exception exception)
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }

            serverLock.Dispose();
            throw exception switch
            {
                IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } => PortInUse(options),
                SocketException { SocketErrorCode: SocketError.AccessDenied } => new CommandException(
                    ExitCode.Failure, $"not allowed to listen on port {options.Port}", "ports below 1024 are for root; choose another with --port"),
                SocketException socket => new CommandException(ExitCode.Failure, $"cannot listen on {options.Host}:{options.Port}: {socket.Message}"),
                _ => exception,
            };
        }
    }

    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _server.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();

        // Last: as long as anything may still be written, the directory is ours.
        _lock.Dispose();
    }

    private static CommandException PortInUse(ServerOptions options) => new(
        ExitCode.InUse,
        $"port {options.Port} on {options.Host} is in use by another program",
        "choose another with --port N, or take any free one with --port 0");

    private static void Configure(ILoggingBuilder logging, LogLevel level)
    {
        logging.SetMinimumLevel(level);
        // A failure to start is reported once, by us.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        if (level >= LogLevel.Information)
        {
            logging.AddFilter("Microsoft", LogLevel.Warning);
        }

        // Standard output is for what the command was asked for.
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
    }
}
