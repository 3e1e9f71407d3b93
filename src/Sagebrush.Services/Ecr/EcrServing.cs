using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Ecr;

/// <summary>Maps ECR's operations, with a full disk in words a client can show.</summary>
internal static class EcrServing
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
            catch (Exception exception) when (DiskSpace.IsFull(exception))
            {
                throw new ServiceException("InsufficientStorage", "The disk of the server is full; nothing was stored.", StatusCodes.Status507InsufficientStorage);
            }
        });
}
