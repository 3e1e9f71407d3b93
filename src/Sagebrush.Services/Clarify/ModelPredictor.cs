using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Client;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Clarify;

/// <summary>Asks the model for predictions: at an endpoint that is there, or at one made for the job and removed with it.</summary>
internal sealed class ModelPredictor : IDisposable
{
    private const int RowsPerRequest = 1000;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    private readonly JsonElement _settings;
    private readonly AnalysisConfiguration _configuration;
    private readonly TimeProvider _clock;
    private readonly ApiClient _client;
    private readonly HttpClient _http = new();
    private readonly Uri _address;
    private readonly Credential _credential;
    private readonly string _region;
    private readonly string _endpoint;
    private readonly string _contentType;
    private readonly string _acceptType;

    public ModelPredictor(AnalysisConfiguration configuration, string shadowName, TimeProvider clock)
    {
        _configuration = configuration;
        _settings = configuration.Predictor ?? throw new ClarifyException("The analysis needs a 'predictor'.");
        _clock = clock;
        _address = new(Variable("AWS_ENDPOINT_URL"));
        _region = Variable("AWS_REGION");
        _credential = new(Variable("AWS_ACCESS_KEY_ID"), Variable("AWS_SECRET_ACCESS_KEY"), new Principal("000000000000", "arn:aws:iam::000000000000:root", "job"), Variable("AWS_SESSION_TOKEN"));
        _client = new(_address, _credential, _region, clock);
        IsShadow = Text("endpoint_name") is null;
        _endpoint = Text("endpoint_name") ?? $"{Text("endpoint_name_prefix") ?? "sm-clarify"}-{shadowName}";
        _contentType = Text("content_type") ?? (configuration.DatasetType == AnalysisConfiguration.Parquet ? "text/csv" : configuration.DatasetType);
        _acceptType = Text("accept_type") ?? _contentType;
        if (_contentType is not ("text/csv" or "application/jsonlines") || _acceptType is not ("text/csv" or "application/jsonlines" or "application/json"))
        {
            throw new ClarifyException($"The predictor's content_type '{_contentType}' and accept_type '{_acceptType}' cannot be used: text/csv, application/jsonlines, and to accept application/json.");
        }

        if (_contentType == "application/jsonlines" && Text("content_template") is not { } template || Text("content_template")?.Contains("$features", StringComparison.Ordinal) == false)
        {
            throw new ClarifyException("A predictor of application/jsonlines needs a 'content_template' with the placeholder $features.");
        }
    }

    /// <summary>Whether the endpoint is the job's own.</summary>
    public bool IsShadow { get; }

    /// <summary>Makes the job's own endpoint and waits until it serves.</summary>
    /// <exception cref="ClarifyException">It does not come into service.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IsShadow)
        {
            return;
        }

        var model = Text("model_name") ?? throw new ClarifyException("The predictor needs 'model_name' or 'endpoint_name'.");
        var variant = new ProductionVariant
        {
            VariantName = "AllTraffic",
            ModelName = model,
            InstanceType = Text("instance_type") ?? throw new ClarifyException("The predictor needs 'instance_type' beside 'model_name'."),
            InitialInstanceCount = AnalysisConfiguration.Member(_settings, "initial_instance_count")?.GetInt32() ?? throw new ClarifyException("The predictor needs 'initial_instance_count' beside 'model_name'."),
            InitialVariantWeight = 1,
        };
        try
        {
            await _client.SendAsync(SageMakerApi.CreateEndpointConfig, new CreateEndpointConfigInput { EndpointConfigName = _endpoint, ProductionVariants = [variant] }, cancellationToken);
            await _client.SendAsync(SageMakerApi.CreateEndpoint, new CreateEndpointInput { EndpointName = _endpoint, EndpointConfigName = _endpoint }, cancellationToken);
            while (true)
            {
                var answer = await _client.SendAsync(SageMakerApi.DescribeEndpoint, new DescribeEndpointInput { EndpointName = _endpoint }, cancellationToken);
                if (answer.EndpointStatus == EndpointStatus.InService)
                {
                    return;
                }

                if (answer.EndpointStatus == EndpointStatus.Failed)
                {
                    throw new ClarifyException($"The shadow endpoint {_endpoint} failed: {answer.FailureReason}");
                }

                await Task.Delay(Glance, _clock, cancellationToken);
            }
        }
        catch (ApiException e)
        {
            throw new ClarifyException($"The shadow endpoint for the model {model} cannot be made: {e.Message}");
        }
    }

    /// <summary>Removes the job's own endpoint, whatever state it is in.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        if (!IsShadow)
        {
            return;
        }

        await TryAsync(() => _client.SendAsync(SageMakerApi.DeleteEndpoint, new DeleteEndpointInput { EndpointName = _endpoint }, cancellationToken));
        await TryAsync(() => _client.SendAsync(SageMakerApi.DeleteEndpointConfig, new DeleteEndpointConfigInput { EndpointConfigName = _endpoint }, cancellationToken));
    }

    /// <summary>What the model answers to rows of cells: its numbers, or words, per row.</summary>
    public async Task<List<string[]>> AskAsync(IReadOnlyList<string[]> rows, FeatureSpace space, string? pick, CancellationToken cancellationToken)
    {
        List<string[]> answers = new(rows.Count);
        foreach (var batch in rows.Chunk(RowsPerRequest))
        {
            var body = string.Join('\n', batch.Select(row => Line(row, space)));
            var answer = Encoding.UTF8.GetString(await InvokeAsync(Encoding.UTF8.GetBytes(body), cancellationToken));
            var parsed = Parse(answer, batch.Length, pick);
            answers.AddRange(parsed.Count == batch.Length
                ? parsed : throw new ClarifyException($"The model answered {batch.Length} rows with {parsed.Count}: {answer[..Math.Min(200, answer.Length)]}"));
        }

        return answers;
    }

    /// <summary>The scores the model gives rows: one, or one per class.</summary>
    public async Task<double[][]> ScoreAsync(IReadOnlyList<string[]> rows, FeatureSpace space, CancellationToken cancellationToken) =>
        [.. (await AskAsync(rows, space, Text("probability"), cancellationToken)).Select(row => Array.ConvertAll(row, cell =>
            ClarifyTable.TryNumber(cell, out var score) ? score : throw new ClarifyException($"The model's score '{cell}' is not a number; 'probability' tells where it is.")))];

    /// <summary>The labels the model predicts for rows.</summary>
    public async Task<string[]> LabelAsync(IReadOnlyList<string[]> rows, FeatureSpace space, CancellationToken cancellationToken)
    {
        if (Text("label") is { } label && Text("probability") is null)
        {
            return [.. (await AskAsync(rows, space, label, cancellationToken)).Select(row => row[0])];
        }

        var names = AnalysisConfiguration.List(AnalysisConfiguration.Member(_settings, "label_headers")).Select(name => name.ToString()).ToArray();
        var scores = await ScoreAsync(rows, space, cancellationToken);
        return Array.ConvertAll(scores, row => row.Length == 1
            ? (row[0] > _configuration.ProbabilityThreshold ? names is [_, var one] ? one : "1" : names is [var zero, _] ? zero : "0")
            : Array.IndexOf(row, row.Max()) is var best && best < names.Length ? names[best] : best.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Brings an object from S3, with the job's own key.</summary>
    /// <exception cref="ClarifyException">It is not there.</exception>
    public async Task<byte[]> FetchAsync(S3Location place, CancellationToken cancellationToken)
    {
        var path = string.Join('/', place.Key.Split('/').Select(Uri.EscapeDataString));
        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(_address, $"/{place.Bucket}/{path}"));
        new SigV4Signer(_credential, "s3", _region, _clock).Sign(message, Convert.ToHexStringLower(SHA256.HashData([])));
        using var response = await _http.SendAsync(message, cancellationToken);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsByteArrayAsync(cancellationToken)
            : throw new ClarifyException($"{place} cannot be read: S3 answered {(int)response.StatusCode}.");
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"The variable {name} is not set.");

    // What was never made, or is gone already, is no failure.
    private static async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (ApiException e) when ((int)e.StatusCode < 500)
        {
            Console.WriteLine($"There is nothing to remove: {e.Message}");
        }
    }

    private string? Text(string name) => AnalysisConfiguration.Member(_settings, name)?.ToString();

    private string Line(string[] cells, FeatureSpace space)
    {
        if (_contentType == "text/csv")
        {
            return string.Join(',', cells.Select(cell => cell.AsSpan().IndexOfAny(",\"\n") >= 0 ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell));
        }

        var list = "[" + string.Join(",", cells.Select((cell, i) => cell.Length == 0 ? "null" : space.IsNumeric(i) ? cell : JsonSerializer.Serialize(cell))) + "]";
        return Text("content_template")!.Replace("$features", list, StringComparison.Ordinal);
    }

    private List<string[]> Parse(string answer, int rows, string? pick)
    {
        if (_acceptType == "text/csv")
        {
            var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);

            // XGBoost's first images put all rows' scores into one line.
            var cells = lines.Length == 1 && rows > 1 ? [.. ClarifyTable.Split(lines[0]).Select(cell => (string[])[cell])] : lines.Select(ClarifyTable.Split).ToList();
            return pick is null ? cells : cells.ConvertAll<string[]>(row => int.TryParse(pick, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < row.Length
                ? [row[at]] : throw new ClarifyException($"The model's answer '{string.Join(',', row)}' has no column {pick}."));
        }

        try
        {
            if (_acceptType == "application/jsonlines")
            {
                return [.. answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Cells(line, pick))];
            }

            var all = Cells(answer, pick);
            return all.Length % rows == 0 ? [.. all.Chunk(all.Length / rows)] : [];
        }
        catch (JsonException e)
        {
            throw new ClarifyException($"The model's answer is not JSON: {e.Message}");
        }
    }

    private static string[] Cells(string json, string? pick)
    {
        using var document = JsonDocument.Parse(json);
        return [.. JsonSelection.Select(document.RootElement, pick ?? "@").Select(value => value.ToString())];
    }

    private async Task<byte[]> InvokeAsync(byte[] body, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, $"/endpoints/{_endpoint}/invocations")) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new(_contentType);
        message.Headers.TryAddWithoutValidation("Accept", _acceptType);
        foreach (var (header, name) in (ReadOnlySpan<(string, string)>)[("X-Amzn-SageMaker-Custom-Attributes", "custom_attributes"), ("X-Amzn-SageMaker-Target-Model", "target_model")])
        {
            if (Text(name) is { } value)
            {
                message.Headers.TryAddWithoutValidation(header, value);
            }
        }

        new SigV4Signer(_credential, "sagemaker", _region, _clock).Sign(message, Convert.ToHexStringLower(SHA256.HashData(body)));
        using var response = await _http.SendAsync(message, cancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? answer : throw new ClarifyException($"The endpoint {_endpoint} answered {(int)response.StatusCode}: {Encoding.UTF8.GetString(answer.AsSpan(0, Math.Min(answer.Length, 500)))}");
    }
}
