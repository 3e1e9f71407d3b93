using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Dispatch;

/// <summary>What serves one operation, with its types erased.</summary>
internal abstract class Handler
{
    public abstract string? ResultWrapper { get; }

    public abstract bool StreamsRequest { get; }

    public abstract IShape NewRequest();

    public abstract ValueTask<IShape> InvokeAsync(IShape request, CallContext context, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class Handler<TRequest, TResponse>(Operation<TRequest, TResponse> operation, IOperation<TRequest, TResponse> implementation) : Handler
    where TRequest : class, IShape, new()
    where TResponse : class, IShape, new()
{
    private readonly bool _streams = ((IShape)new TRequest()).Schema.PayloadMember is { Streaming: true };

    public override string? ResultWrapper => operation.ResultWrapper;

    public override bool StreamsRequest => _streams;

    public override IShape NewRequest() => new TRequest();

    public override async ValueTask<IShape> InvokeAsync(IShape request, CallContext context, CancellationToken cancellationToken) =>
        await implementation.InvokeAsync((TRequest)request, context, cancellationToken);
}
