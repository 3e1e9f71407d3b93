using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Tests.Contracts;

/// <summary>One generated operation with its types erased, so that tests can walk over all of them.</summary>
internal abstract class ContractOperation
{
    public required ServiceModel Service { get; init; }

    public required string Name { get; init; }

    public static ContractOperation Of(object operation) =>
        (ContractOperation)typeof(ContractOperation)
            .GetMethod(nameof(Make), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(operation.GetType().GenericTypeArguments)
            .Invoke(null, [operation])!;

    public abstract IShape NewRequest();

    public abstract IShape NewResponse();

    /// <summary>Lets <paramref name="handle"/> answer the operation in <paramref name="api"/>.</summary>
    public abstract void Map(ApiMap api, Func<ContractOperation, IShape, CallContext, IShape> handle);

    private static Typed<TRequest, TResponse> Make<TRequest, TResponse>(Operation<TRequest, TResponse> operation)
        where TRequest : class, IShape, new()
        where TResponse : class, IShape, new() =>
        new(operation) { Service = operation.Service, Name = operation.Name };

    private sealed class Typed<TRequest, TResponse>(Operation<TRequest, TResponse> operation) : ContractOperation
        where TRequest : class, IShape, new()
        where TResponse : class, IShape, new()
    {
        public override IShape NewRequest() => new TRequest();

        public override IShape NewResponse() => new TResponse();

        public override void Map(ApiMap api, Func<ContractOperation, IShape, CallContext, IShape> handle) =>
            api.Map(operation, (request, context, _) => ValueTask.FromResult((TResponse)handle(this, request, context)));
    }
}
