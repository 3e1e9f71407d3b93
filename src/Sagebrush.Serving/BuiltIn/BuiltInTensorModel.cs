using System.Buffers;
using System.Globalization;
using System.Text;
using Sagebrush.Algorithms;
using Sagebrush.Learning;
using Sagebrush.Serving.Tensors;

namespace Sagebrush.Serving.BuiltIn;

/// <summary>A built-in algorithm's model behind a server of tensors: rows of features in, their predictions out, under the names Triton gives models of trees.</summary>
public sealed class BuiltInTensorModel : ITensorModel
{
    private const string Csv = "text/csv";

    private readonly IInferenceModel _model;

    private BuiltInTensorModel(string name, string version, IInferenceModel model) => (Name, Version, _model) = (name, version, model);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Version { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorSpecification> Inputs { get; } = [new("input__0", ElementType.Float32, [-1, -1])];

    /// <inheritdoc/>
    public IReadOnlyList<TensorSpecification> Outputs { get; } = [new("output__0", ElementType.Float32, [-1, -1])];

    /// <summary>Loads a model from the unpacked artifact.</summary>
    /// <exception cref="ModelLoadException">It cannot be read.</exception>
    public static BuiltInTensorModel Load(IBuiltInAlgorithm algorithm, string name, string version, string folder)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        try
        {
            return new BuiltInTensorModel(name, version, algorithm.Load(folder));
        }
        catch (Exception error) when (error is ModelFormatException or IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var output = new ArrayBufferWriter<byte>();
        try
        {
            _model.Predict(Rows(inputs[0]), Csv, Csv, output);
        }
        catch (InferenceInputException error)
        {
            throw TensorResponses.Refused(error.StatusCode, error.Message);
        }

        var rows = inputs[0].Shape[0];
        float[] answers = [.. Encoding.UTF8.GetString(output.WrittenSpan).Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(text => float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture))];
        return [new Tensor(Outputs[0].Name, ElementType.Float32, answers.Length == rows ? [rows] : [rows, answers.Length / rows], answers)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static ReadOnlySpan<byte> Rows(Tensor input)
    {
        var values = (float[])input.Elements;
        var width = (int)input.Shape[1];
        var text = new ArrayBufferWriter<byte>();
        for (var i = 0; i < values.Length; i++)
        {
            var cell = text.GetSpan(32);
            if (!float.IsNaN(values[i]) && values[i].TryFormat(cell, out var length, "R", CultureInfo.InvariantCulture))
            {
                text.Advance(length);
            }

            text.Write((i + 1) % width == 0 ? "\n"u8 : ","u8);
        }

        return text.WrittenSpan;
    }
}
