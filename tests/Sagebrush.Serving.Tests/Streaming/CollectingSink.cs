using System.Collections.Concurrent;
using System.Text;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Serving.Tests.Streaming;

/// <summary>Keeps what it is given; it takes a part only when it may.</summary>
internal sealed class CollectingSink(Task? mayTake = null) : IResponseSink
{
    public ConcurrentQueue<string> Parts { get; } = [];

    public InvocationResult? Begun { get; private set; }

    public void Begin(in InvocationResult result) => Begun = result;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> part, CancellationToken cancellationToken)
    {
        Parts.Enqueue(Encoding.UTF8.GetString(part.Span));
        await (mayTake ?? Task.CompletedTask).WaitAsync(cancellationToken);
    }
}
