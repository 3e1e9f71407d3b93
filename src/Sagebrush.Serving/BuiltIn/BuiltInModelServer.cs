using System.Buffers;
using Sagebrush.Algorithms;
using Sagebrush.Learning;

namespace Sagebrush.Serving.BuiltIn;

/// <summary>Serves a built-in algorithm's model in this process: calls complete synchronously and share nothing.</summary>
public sealed class BuiltInModelServer : IModelServer
{
    private readonly IInferenceModel _model;

    private BuiltInModelServer(IInferenceModel model) => _model = model;

    /// <inheritdoc/>
    public bool IsImmediate => true;

    /// <summary>Loads a model from its unpacked artifact.</summary>
    /// <param name="algorithm">The algorithm that made it.</param>
    /// <param name="modelDirectory">The folder with the unpacked artifact.</param>
    /// <param name="imageVersion">The image's tag, on which answers may depend; null for the newest.</param>
    /// <param name="environment">The container's variables, on which the answers of some algorithms depend; null for none.</param>
    /// <exception cref="ModelLoadException">There is no model in the folder, or it is damaged.</exception>
    public static BuiltInModelServer Load(
        IBuiltInAlgorithm algorithm, string modelDirectory, string? imageVersion, IReadOnlyDictionary<string, string>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        try
        {
            return new BuiltInModelServer(algorithm is IConfiguredAlgorithm configured
                ? configured.Load(modelDirectory, imageVersion, environment ?? new Dictionary<string, string>())
                : algorithm.Load(modelDirectory, imageVersion));
        }
        catch (Exception error) when (error is ModelFormatException or IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    /// <inheritdoc/>
    public ValueTask<InvocationResult> InvokeAsync(
        Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        var body = invocation.Body.IsSingleSegment ? invocation.Body.FirstSpan : invocation.Body.ToArray();
        try
        {
            return ValueTask.FromResult(
                new InvocationResult(_model.Predict(body, invocation.ContentType, invocation.Accept, output)));
        }
        catch (InferenceInputException error)
        {
            return ValueTask.FromException<InvocationResult>(
                ModelInvocationException.Refused(error.StatusCode, error.Message));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
