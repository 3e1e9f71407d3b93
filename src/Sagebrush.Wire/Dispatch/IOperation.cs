using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Dispatch;

/// <summary>Does what one operation of the API promises.</summary>
/// <typeparam name="TRequest">The request, already checked against the model's constraints.</typeparam>
/// <typeparam name="TResponse">The response.</typeparam>
public interface IOperation<in TRequest, TResponse>
    where TRequest : class, IShape, new()
    where TResponse : class, IShape, new()
{
    /// <summary>Handles one call.</summary>
    /// <exception cref="ServiceException">The caller asked for something that cannot be.</exception>
    ValueTask<TResponse> InvokeAsync(TRequest request, CallContext context, CancellationToken cancellationToken);
}
