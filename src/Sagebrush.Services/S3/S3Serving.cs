using Microsoft.AspNetCore.Http;
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
            catch (Exception exception) when (DiskSpace.IsFull(exception))
            {
                throw Full();
            }
        });

    /// <summary>The error of a write there is no room for. Its status is one that clients do not try again and again.</summary>
    public static ServiceException Full() => new(
        "InsufficientStorage", "The disk of the server is full; nothing of the object was stored.", StatusCodes.Status507InsufficientStorage);
}
