using System.Buffers;
using Sagebrush.Algorithms.Formats;
using Sagebrush.Learning;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>Answers prediction requests as SageMaker's XGBoost container does, evaluating the model in C#.</summary>
/// <remarks>
/// Beyond the container it reads JSON, in the forms of SageMaker's common data formats for inference. A request of one row
/// allocates nothing but what the output buffer does.
/// </remarks>
public sealed class XGBoostInference : IInferenceModel
{
    private readonly XGBoostModel _model;
    private readonly XGBoostAnswerStyle _style;

    private XGBoostInference(XGBoostModel model, XGBoostAnswerStyle style)
    {
        _model = model;
        _style = style;
    }

    /// <summary>The model.</summary>
    public XGBoostModel Model => _model;

    /// <inheritdoc/>
    public string Predict(ReadOnlySpan<byte> body, string? contentType, string? accept, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var input = InferenceMediaTypes.Input(contentType);
        var answer = InferenceMediaTypes.Answer(accept);
        var rows = new RowBuffer(_model.FeatureCount);
        float[]? rented = null;
        try
        {
            switch (input)
            {
                case InferenceMediaTypes.Csv:
                    InferenceRows.ReadCsv(body, ref rows);
                    break;
                case InferenceMediaTypes.Libsvm:
                    InferenceRows.ReadLibsvm(body, ref rows);
                    break;
                default:
                    InferenceJson.Read(body, input == InferenceMediaTypes.JsonLines, ref rows);
                    break;
            }

            var perRow = _model.OutputCount;
            rented = ArrayPool<float>.Shared.Rent(checked(rows.Count * perRow));
            var predictions = rented.AsSpan(0, rows.Count * perRow);
            if (rows.Count == 1)
            {
                _model.Predict(rows.Values, predictions);
            }
            else
            {
                _model.PredictRows(rows.Values, rows.Count, predictions);
            }

            PredictionWriter.Write(predictions, perRow, _model.Objective.Name == "multi:softprob", answer, _style, output);
            return answer;
        }
        finally
        {
            rows.Return();
            if (rented is not null)
            {
                ArrayPool<float>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Loads the model of an artifact: the file <c>xgboost-model</c>, else the only file there is.</summary>
    /// <exception cref="ModelFormatException">There is no such file, or it cannot be read.</exception>
    internal static XGBoostInference Load(string modelFolder, XGBoostAnswerStyle style)
    {
        var path = FindModel(modelFolder);
        try
        {
            return new(XGBoostModel.LoadFile(path, new() { UpToBestIteration = true }), style);
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"Model {Path.GetFileName(path)} cannot be loaded: {e.Message}", e);
        }
    }

    private static string FindModel(string folder)
    {
        var usual = Path.Combine(folder, XGBoostTrainer.ModelFile);
        if (File.Exists(usual))
        {
            return usual;
        }

        var files = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file)[0] != '.').Order(StringComparer.Ordinal).ToList()
            : [];
        return files.Count switch
        {
            1 => files[0],
            0 => throw new ModelFormatException($"The model artifact holds no model: expected the file {XGBoostTrainer.ModelFile}."),
            _ => throw new ModelFormatException(
                $"The model artifact holds {files.Count} files ({string.Join(", ", files.Take(5).Select(Path.GetFileName))}) and none is {XGBoostTrainer.ModelFile}."),
        };
    }
}
