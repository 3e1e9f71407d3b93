using System.Buffers;
using Sagebrush.Serving;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Services.Hosting.Containers;

/// <summary>Serves a model by containers of an image of one's own, one for each instance: a request goes to the one that has the fewest to answer.</summary>
internal sealed class ContainerModelServer : IModelServer
{
    private readonly IReadOnlyList<ContainerInstance> _instances;

    private ContainerModelServer(IReadOnlyList<ContainerInstance> instances) => _instances = instances;

    /// <inheritdoc/>
    public IReadOnlyCollection<int> Processes => [.. _instances.SelectMany(instance => instance.Processes)];

    /// <summary>Starts the containers and returns when all of them answer.</summary>
    /// <exception cref="ModelLoadException">One does not.</exception>
    public static async Task<ContainerModelServer> LoadAsync(ContainerModelOptions options, CancellationToken cancellationToken)
    {
        var starting = Enumerable.Range(1, options.Instances).Select(number => ContainerInstance.StartAsync(options, number, cancellationToken)).ToList();
        try
        {
            return new ContainerModelServer(await Task.WhenAll(starting));
        }
        catch
        {
            foreach (var started in starting.Where(task => task.IsCompletedSuccessfully))
            {
                await (await started).DisposeAsync();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> PingAsync(CancellationToken cancellationToken)
    {
        foreach (var instance in _instances)
        {
            if (await instance.PingAsync(cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public ValueTask<InvocationResult> InvokeAsync(Serving.Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken) =>
        Choose() is { } instance
            ? instance.InvokeAsync(null, invocation, output, cancellationToken)
            : ValueTask.FromException<InvocationResult>(NoneIsUp());

    /// <inheritdoc/>
    public ValueTask InvokeStreamAsync(Serving.Invocation invocation, IResponseSink sink, CancellationToken cancellationToken) =>
        Choose() is { } instance
            ? instance.InvokeStreamAsync(null, invocation, sink, cancellationToken)
            : ValueTask.FromException(NoneIsUp());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_instances.Select(instance => instance.DisposeAsync().AsTask()));

    private static ModelInvocationException NoneIsUp() => new(InvocationFailure.Unavailable, 503, "No container of the model is up; its log tells why.");

    private ContainerInstance? Choose()
    {
        ContainerInstance? best = null;
        foreach (var instance in _instances)
        {
            if (instance.IsUp && (best is null || instance.InFlight < best.InFlight))
            {
                best = instance;
            }
        }

        return best;
    }
}
