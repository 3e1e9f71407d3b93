using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.S3;

/// <summary>Maps S3's operations, with the object store's refusals in S3's words.</summary>
internal static class S3Serving
{
    public static void Serve<TRequest, TResponse>(
        this ApiMap api, Operation<TRequest, TResponse> operation, Func<TRequest, CallContext, CancellationToken, ValueTask<TResponse>> handle)
        where TRequest : class, IShape, new()
        where TResponse : class, IShape, new() =>
        api.Map(operation, async (request, context, cancellationToken) =>
        {
            try
            {
                return await handle(request, context, cancellationToken);
            }
            catch (ObjectStoreException refusal)
            {
                throw StoreRefusals.Translate(refusal, context.Http);
            }
        });
}
