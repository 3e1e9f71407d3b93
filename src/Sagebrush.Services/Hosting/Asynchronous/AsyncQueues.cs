using System.Collections.Concurrent;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>The queues of all asynchronous endpoints that serve in this process.</summary>
/// <remarks>Opening and closing the queue of one endpoint never overlap: they come from its reconciler.</remarks>
internal sealed class AsyncQueues : IAsyncDisposable
{
    private const int PageSize = 1000;

    private readonly AsyncParts _parts;
    private readonly ResourceSet<EndpointDocument> _endpoints;
    private readonly ResourceSet<AsyncInvocation> _invocations;
    private readonly ConcurrentDictionary<ResourceKey, AsyncQueue> _queues = new();
    private readonly IDisposable _source;

    public AsyncQueues(AsyncParts parts)
    {
        _parts = parts;
        _endpoints = parts.Store.For(HostingKinds.Endpoint);
        _invocations = parts.Store.For(HostingKinds.AsyncInvocation);
        _source = parts.Metrics.AddSource(TellBacklogs);
    }

    /// <summary>Lets a fleet that takes traffic work on the endpoint's queue, if it has one.</summary>
    public async Task OpenAsync(ResourceKey endpoint, FleetPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Async is null)
        {
            return;
        }

        if (_queues.TryGetValue(endpoint, out var open))
        {
            await open.WorkAsync(plan, cancellationToken);
            return;
        }

        // In the table first, then what is stored: a request that comes in between is offered twice rather than never.
        var queue = new AsyncQueue(_parts, endpoint, plan);
        _queues[endpoint] = queue;
        try
        {
            await foreach (var stored in StoredAsync(endpoint, cancellationToken))
            {
                queue.Offer(new AsyncEntry(stored.Key, stored.Document.Received, stored.Document.Expires));
            }

            await queue.WorkAsync(plan, cancellationToken);
        }
        catch
        {
            _queues.TryRemove(endpoint, out _);
            await queue.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts a stored request in its endpoint's queue; when the endpoint does not serve yet, it finds the request itself.</summary>
    public void Offer(ResourceKey endpoint, AsyncEntry entry)
    {
        if (_queues.TryGetValue(endpoint, out var queue))
        {
            queue.Offer(entry);
        }
    }

    /// <summary>Ends the work of an endpoint that is deleted or failed, and forgets its requests.</summary>
    public async Task RemoveAsync(ResourceKey endpoint, CancellationToken cancellationToken)
    {
        if (_queues.TryRemove(endpoint, out var queue))
        {
            await queue.DisposeAsync();
        }

        await foreach (var stored in StoredAsync(endpoint, cancellationToken))
        {
            await _invocations.DeleteAsync(stored.Key, null, cancellationToken);
        }
    }

    /// <summary>Ends all work; what is stored stays.</summary>
    public async ValueTask DisposeAsync()
    {
        _source.Dispose();
        foreach (var endpoint in _queues.Keys)
        {
            if (_queues.TryRemove(endpoint, out var queue))
            {
                await queue.DisposeAsync();
            }
        }
    }

    private void TellBacklogs(DateTimeOffset time)
    {
        foreach (var (endpoint, queue) in _queues)
        {
            _parts.Metrics.Backlog(endpoint, queue.Backlog(), time);
        }
    }

    private async IAsyncEnumerable<Stored<AsyncInvocation>> StoredAsync(
        ResourceKey endpoint, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await _endpoints.FindAsync(endpoint, cancellationToken) is not { Document.Fleet.Async: not null } owner)
        {
            yield break;
        }

        var query = new ResourceQuery
        {
            Account = endpoint.Account,
            Region = endpoint.Region,
            Kind = HostingKinds.AsyncInvocation.Name,
            Parent = AsyncInvocation.QueueOf(owner.Arn, owner.Created),
            PageSize = PageSize,
        };
        do
        {
            var page = await _invocations.ListAsync(query, cancellationToken);
            foreach (var stored in page.Items)
            {
                yield return stored;
            }

            query = query with { PageToken = page.NextToken };
        }
        while (query.PageToken is not null);
    }
}
