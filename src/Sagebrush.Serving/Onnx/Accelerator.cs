using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Sagebrush.Serving.Onnx;

/// <summary>Something beside the processor that runs ONNX models.</summary>
/// <param name="Provider">ONNX Runtime's execution provider for it.</param>
/// <param name="MemoryBytes">How much of its memory a model may take, where the provider can bound that.</param>
public sealed record Accelerator(string Provider, long MemoryBytes)
{
    // The best first; what only makes the processor itself faster is none.
    private static readonly string[] Known =
        ["CUDAExecutionProvider", "ROCMExecutionProvider", "MIGraphXExecutionProvider", "CoreMLExecutionProvider", "DmlExecutionProvider"];

    private static readonly Lazy<string?> OfThisMachine = new(Detect);

    /// <summary>The execution provider of this machine's ONNX Runtime that models are accelerated by; null when there is none.</summary>
    /// <remarks>The first call loads the native library.</remarks>
    public static string? Available => OfThisMachine.Value;

    /// <summary>The best accelerator among execution providers; null when all of them run on the processor.</summary>
    public static string? Best(IEnumerable<string> providers) => Known.FirstOrDefault(providers.Contains);

    /// <summary>Has a session run what it can on the accelerator; the rest stays on the processor.</summary>
    /// <exception cref="OnnxRuntimeException">The device is not there, or not usable.</exception>
    internal void AddTo(SessionOptions options)
    {
        switch (Provider)
        {
            case "CUDAExecutionProvider":
                using (var cuda = new OrtCUDAProviderOptions())
                {
                    cuda.UpdateOptions(new Dictionary<string, string> { ["gpu_mem_limit"] = MemoryBytes.ToString(CultureInfo.InvariantCulture) });
                    options.AppendExecutionProvider_CUDA(cuda);
                }

                break;
            case "ROCMExecutionProvider":
                options.AppendExecutionProvider_ROCm();
                break;
            case "MIGraphXExecutionProvider":
                options.AppendExecutionProvider_MIGraphX();
                break;
            case "CoreMLExecutionProvider":
                options.AppendExecutionProvider_CoreML();
                break;
            case "DmlExecutionProvider":
                options.AppendExecutionProvider_DML();
                break;
            default:
                throw new ModelLoadException($"{Provider} is no accelerator that is known here");
        }
    }

    private static string? Detect()
    {
        try
        {
            return Best(OrtEnv.Instance().GetAvailableProviders());
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException)
        {
            // No library for this platform: no models, and nothing to accelerate them.
            return null;
        }
    }
}
