using System.Buffers;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Serving.Composite;

/// <summary>One of several containers of a model.</summary>
/// <param name="Name">Its host name, by which requests and errors name it.</param>
/// <param name="Server">What answers for it.</param>
public sealed record NamedServer(string Name, IModelServer Server)
{
    internal async ValueTask<InvocationResult> InvokeAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        try
        {
            return await Server.InvokeAsync(invocation, output, cancellationToken);
        }
        catch (ModelInvocationException error) when (error.Container is null)
        {
            throw new ModelInvocationException(error.Failure, error.OriginalStatusCode, error.Message, error) { Container = Name };
        }
    }

    internal async ValueTask InvokeStreamAsync(Invocation invocation, IResponseSink sink, CancellationToken cancellationToken)
    {
        try
        {
            await Server.InvokeStreamAsync(invocation, sink, cancellationToken);
        }
        catch (ModelInvocationException error) when (error.Container is null)
        {
            throw new ModelInvocationException(error.Failure, error.OriginalStatusCode, error.Message, error) { Container = Name };
        }
    }

    internal static async ValueTask<bool> PingAllAsync(IReadOnlyList<NamedServer> servers, CancellationToken cancellationToken)
    {
        foreach (var server in servers)
        {
            if (!await server.Server.PingAsync(cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    internal static IReadOnlyCollection<int> ProcessesOf(IReadOnlyList<NamedServer> servers) =>
        [.. servers.SelectMany(server => server.Server.Processes)];

    internal static async ValueTask DisposeAllAsync(IReadOnlyList<NamedServer> servers)
    {
        foreach (var server in servers)
        {
            await server.Server.DisposeAsync();
        }
    }
}
