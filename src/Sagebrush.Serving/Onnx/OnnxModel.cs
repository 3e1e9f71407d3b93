using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Sagebrush.Serving.Tensors;

namespace Sagebrush.Serving.Onnx;

/// <summary>An ONNX model in this process, run by ONNX Runtime.</summary>
/// <remarks>The native library is loaded with the first model; a program without one pays nothing.</remarks>
public sealed class OnnxModel : ITensorModel
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    private OnnxModel(string name, string version, InferenceSession session)
    {
        (Name, Version, _session) = (name, version, session);
        Inputs = [.. session.InputNames.Select(input => Describe(input, session.InputMetadata[input]))];
        Outputs = [.. session.OutputNames.Select(output => Describe(output, session.OutputMetadata[output]))];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Version { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorSpecification> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorSpecification> Outputs { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="file">Where it is.</param>
    /// <param name="threads">Threads one request may use.</param>
    /// <param name="accelerator">What runs it beside the processor, if anything.</param>
    /// <exception cref="ModelLoadException">It is no ONNX model, or has operators or types that cannot be run.</exception>
    public static OnnxModel Load(OnnxFile file, int threads, Accelerator? accelerator = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        try
        {
            using var options = new SessionOptions
            {
                IntraOpNumThreads = threads,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            };

            // Threads that wait for the next request must not take the processor from those that work.
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            accelerator?.AddTo(options);
            return new OnnxModel(file.Name, file.Version, new InferenceSession(file.Path, options));
        }
        catch (Exception error) when (error is OnnxRuntimeException or FormatException or EntryPointNotFoundException)
        {
            throw new ModelLoadException($"the ONNX model {Path.GetFileName(file.Path)} cannot be loaded: {error.Message}", error);
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException)
        {
            throw new ModelLoadException($"ONNX Runtime has no library for this platform, {RuntimeInformation.RuntimeIdentifier}", error);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var values = new OrtValue[inputs.Count];
        try
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = OnnxValues.Of(inputs[i]);
            }

            using var results = _session.Run(_run, _session.InputNames, values, _session.OutputNames);
            return [.. results.Select((value, i) => OnnxValues.Read(_session.OutputNames[i], value))];
        }
        catch (OnnxRuntimeException error)
        {
            // Mostly the request's shapes do not go together; what else there is cannot be told apart.
            throw TensorResponses.Refused(400, error.Message);
        }
        finally
        {
            foreach (var value in values)
            {
                value?.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }

    private static TensorSpecification Describe(string name, NodeMetadata node)
    {
        if (node.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR)
        {
            return new TensorSpecification(name, OnnxValues.Type(node.ElementDataType), [.. node.Dimensions.Select(size => (long)size)]);
        }

        // What scikit-learn's classifiers give as a list of maps is read as a table.
        return node.OnnxValueType == OnnxValueType.ONNX_TYPE_SEQUENCE
            ? new TensorSpecification(name, ElementType.Float32, [-1, -1])
            : throw new FormatException($"'{name}' is of the type {node.OnnxValueType}, which cannot be served");
    }
}
