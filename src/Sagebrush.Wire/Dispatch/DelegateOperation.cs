using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Dispatch;

/// <summary>An operation whose body is one expression.</summary>
internal sealed class DelegateOperation<TRequest, TResponse>(Func<TRequest, CallContext, CancellationToken, ValueTask<TResponse>> handle)
    : IOperation<TRequest, TResponse>
    where TRequest : class, IShape, new()
    where TResponse : class, IShape, new()
{
    public ValueTask<TResponse> InvokeAsync(TRequest request, CallContext context, CancellationToken cancellationToken) =>
        handle(request, context, cancellationToken);
}
