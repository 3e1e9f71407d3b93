using System.Buffers;
using System.Text;
using Newtonsoft.Json.Linq;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Serving;
using Sagebrush.Serving.Routing;

namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>Clarify's online explainer: predictions of an endpoint's model with their SHAP values, by Kernel SHAP. Thread safe.</summary>
internal sealed class ClarifyExplainer : IInvocationExplainer
{
    private const int LongestExpression = 64;
    private const double Tiny = 1e-15;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClarifyInferenceConfig _inference;
    private readonly ClarifyShapConfig _shap;
    private readonly ExplainerBaseline _baseline;
    private readonly TimeProvider _time;
    private readonly JmesExpression? _enable;
    private readonly JmesExpression? _features;
    private readonly ModelAnswer _answers;

    /// <exception cref="FormatException">The configuration has something that is no JMESPath expression.</exception>
    public ClarifyExplainer(ClarifyExplainerConfig config, ExplainerBaseline baseline, TimeProvider time)
    {
        (_inference, _shap, _baseline, _time) = (config.InferenceConfig ?? new(), config.ShapConfig, baseline, time);
        _enable = JmesExpression.OfOptional(config.EnableExplanations);
        _features = JmesExpression.OfOptional(_inference.FeaturesAttribute);
        _answers = new ModelAnswer(_inference);
    }

    public async ValueTask<InvocationResult> ExplainAsync(
        IModelServer server, Serving.Invocation request, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        var mediaType = MediaType(request.ContentType, "ContentType");
        _ = MediaType(request.Accept, "Accept");
        if (mediaType == RecordFormat.JsonLines && _inference.ContentTemplate is null)
        {
            throw Refused("requests of application/jsonlines need InferenceConfig.ContentTemplate in the endpoint's ExplainerConfig");
        }

        var (records, enable) = Read(request, mediaType);
        using var timeout = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var answer = new ArrayBufferWriter<byte>();
            var result = await server.InvokeAsync(request, answer, either.Token);
            var data = Encoding.UTF8.GetString(answer.WrittenSpan);
            var predictions = ModelAnswer.Records(data, result.ContentType, records.Count);
            var games = Games(records, predictions, enable);
            await new SyntheticRecords(server, request, mediaType, _inference, _answers).AskAsync(games.OfType<RecordGame>(), Transform, either.Token);
            ExplanationWriter.Write(
                output,
                result.ContentType,
                data,
                _answers.Labels(predictions[0]) ?? _inference.LabelHeaders?.ToArray(),
                _inference.FeatureHeaders?.ToArray(),
                _baseline.Types,
                Array.ConvertAll(games, game => game?.Solve()));
            return new InvocationResult("application/json", result.CustomAttributes);
        }
        catch (FormatException error)
        {
            throw new ModelInvocationException(InvocationFailure.Faulted, 500, error.Message, error) { Container = "explainer" };
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ModelInvocationException(
                InvocationFailure.TimedOut, 0, "The explanations were not ready in 60 seconds; fewer samples, records, or baseline records take less time") { Container = "explainer" };
        }
    }

    private static string MediaType(string? header, string member) => RecordFormat.MediaType(header) switch
    {
        RecordFormat.Csv => RecordFormat.Csv,
        RecordFormat.JsonLines => RecordFormat.JsonLines,
        _ => throw Refused($"{member} must be text/csv or application/jsonlines, and is {(string.IsNullOrEmpty(header) ? "missing" : $"'{header}'")}"),
    };

    private static ModelInvocationException Refused(string message, Exception? cause = null) =>
        new(InvocationFailure.NotExplainable, 400, $"The request cannot be explained: {message}.", cause);

    private (List<RecordCell[]> Records, JmesExpression? Enable) Read(Serving.Invocation request, string mediaType)
    {
        try
        {
            if (request.EnableExplanations is { Length: > LongestExpression })
            {
                throw new FormatException($"EnableExplanations has more than {LongestExpression} characters");
            }

            var enable = JmesExpression.OfOptional(request.EnableExplanations) ?? _enable;
            var records = RecordFormat.Read(Encoding.UTF8.GetString(request.Body), mediaType, _features);
            var wrong = records.FindIndex(record => record.Length != _baseline.Features);
            return records.Count == 0 ? throw new FormatException("it has no records")
                : wrong >= 0 ? throw new FormatException($"record {wrong + 1} has {records[wrong].Length} features; the SHAP baseline has {_baseline.Features}")
                : (records, enable);
        }
        catch (FormatException error)
        {
            throw Refused(error.Message, error);
        }
    }

    /// <summary>The records to be explained; null in the place of others.</summary>
    private RecordGame?[] Games(List<RecordCell[]> records, IReadOnlyList<JToken> predictions, JmesExpression? enable) =>
        [.. records.Zip(predictions, (record, prediction) => !IsWanted(enable, prediction) ? null : new RecordGame(
            record,
            Array.ConvertAll(_answers.Scores(prediction), Transform),
            _baseline,
            _shap.TextConfig?.Granularity,
            _shap.NumberOfSamples,
            _shap.Seed ?? 0))];

    private static bool IsWanted(JmesExpression? enable, JToken prediction)
    {
        try
        {
            return enable?.IsTrueOf(prediction) ?? true;
        }
        catch (FormatException error)
        {
            throw Refused($"EnableExplanations: {error.Message}", error);
        }
    }

    private double Transform(double score) => _shap.UseLogit == true
        ? Math.Log(Math.Clamp(score, Tiny, 1 - Tiny) / (1 - Math.Clamp(score, Tiny, 1 - Tiny))) : score;
}
