using System.Reflection;
using System.Text.Json;

using Microsoft.Extensions.Logging.Abstractions;

using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;
using Sagebrush.Wire.Tests.Botocore;
using Sagebrush.Wire.Tests.Contracts;
using Sagebrush.Wire.Tests.Signing;
using Xunit;

[assembly: AssemblyFixture(typeof(BotocoreRun))]

namespace Sagebrush.Wire.Tests.Botocore;

/// <summary>
/// Every operation of every service, there and back: botocore writes and signs random requests, the gateway takes them to
/// handlers that answer random responses and every declared error, and botocore reads those.
/// </summary>
/// <remarks>Done once for all tests; two Python processes in all.</remarks>
public sealed class BotocoreRun : IAsyncLifetime
{
    private const int CasesPerOperation = 3;

    private readonly Lock _gate = new();
    private Task? _run;
    private List<BotocoreCase> _cases = [];
    private ILookup<(string, string), string>? _requestFailures;
    private ILookup<(string, string), string>? _responseFailures;
    private string? _whyNot;

    /// <summary>The services and the protocols they speak.</summary>
    public static TheoryData<string, string> ServicesAndProtocols() =>
        [.. ContractCatalog.Services.SelectMany(s => s.Protocols.Select(p => (s.Name, p)))];

    /// <summary>What went wrong with the requests of a service: not taken to their operation, or read differently.</summary>
    public async Task<IEnumerable<string>> RequestFailuresAsync(string service, string protocol)
    {
        await RunOnceAsync();
        Assert.Contains(_cases, c => c.Operation.Service.Name == service && c.Protocol == protocol);
        return _requestFailures![(service, protocol)];
    }

    /// <summary>What botocore read differently from what was answered.</summary>
    public async Task<IEnumerable<string>> ResponseFailuresAsync(string service, string protocol)
    {
        await RunOnceAsync();
        return _responseFailures![(service, protocol)];
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static IEnumerable<BotocoreCase> MakeCases()
    {
        foreach (var (index, operation) in ContractCatalog.Operations.Where(BotocoreCase.Applies).Index())
        {
            foreach (var protocol in operation.Service.Protocols)
            {
                for (var i = 0; i < CasesPerOperation; i++)
                {
                    yield return new BotocoreCase(operation, protocol, (index * CasesPerOperation) + i);
                }
            }
        }

        foreach (var service in ContractCatalog.Services)
        {
            // The first operation stands for all: how an error is written does not depend on it.
            var operation = ContractCatalog.Operations.First(o => o.Service == service && BotocoreCase.Applies(o));
            foreach (var protocol in service.Protocols)
            {
                foreach (var error in DeclaredErrors(operation, withMembers: protocol is not ("query" or "rest-xml")))
                {
                    yield return new BotocoreCase(operation, protocol, 1) { Error = error };
                }

                yield return new BotocoreCase(operation, protocol, 1) { Error = new ServiceException("ValidationException", "1 validation error detected: <&\"é>") };
            }
        }
    }

    private static IEnumerable<ServiceException> DeclaredErrors(ContractOperation operation, bool withMembers)
    {
        var types = typeof(Sagebrush.Contracts.S3.S3Api).Assembly.GetTypes();
        var space = operation.NewRequest().GetType().Namespace;
        var factories = types.Single(t => t.Namespace == space && t.Name.EndsWith("Errors", StringComparison.Ordinal) && t.IsAbstract);
        foreach (var (index, factory) in factories.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => m.GetParameters().Length == 1).Index())
        {
            var error = (ServiceException)factory.Invoke(null, [$"The error {factory.Name}, with <, & and ü."])!;
            var structure = types.Single(t => t.Namespace == space && t.Name == factory.Name);
            yield return withMembers
                ? new ServiceException(error.Code, error.Message, error.StatusCode) { Members = RandomShapeReader.Fill(ContractCatalog.New(structure), index) }
                : error;
        }
    }

    private async Task RunOnceAsync()
    {
        Task run;
        lock (_gate)
        {
            run = _run ??= RunAsync(TestContext.Current.CancellationToken);
        }

        await run;
        Assert.SkipWhen(_whyNot is not null, _whyNot ?? "");
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        _whyNot = await BotocoreProcess.WhyNotAsync(cancellationToken);
        if (_whyNot is not null)
        {
            return;
        }

        var cases = _cases = [.. MakeCases()];
        var requests = await BotocoreProcess.JudgeAsync("requests", cases.Select(c => c.RequestLine()), cancellationToken);
        var requestFailures = new List<(BotocoreCase Case, string Failure)>();
        BotocoreCase? current = null;
        var api = new ApiMap();
        foreach (var operation in ContractCatalog.Operations)
        {
            api.Service(operation.Service).ValidatesRequests = false;
            operation.Map(api, (handled, request, _) =>
            {
                current!.Handled = (handled, NeutralShapeWriter.Write(request));
                return current.Error is { } error ? throw error : handled == current.Operation ? current.Response : handled.NewResponse();
            });
        }

        var gateway = new Gateway(api, new SigV4Verifier(new SingleCredential(Requests.Example()), TimeProvider.System), NullLogger<Gateway>.Instance);
        var answered = new List<BotocoreCase>();
        foreach (var (one, written) in cases.Zip(requests))
        {
            if (written.TryGetProperty("differences", out var problem))
            {
                requestFailures.Add((one, problem.ToString()));
                continue;
            }

            current = one;
            await gateway.HandleAsync(one.Open(written));
            requestFailures.AddRange(Judge(one, written).Select(f => (one, f)));
            if (one.Handled?.Operation == one.Operation)
            {
                answered.Add(one);
            }
        }

        _requestFailures = requestFailures.ToLookup(f => (f.Case.Operation.Service.Name, f.Case.Protocol), f => $"{f.Case}: {f.Failure}");
        var verdicts = await BotocoreProcess.JudgeAsync("responses", answered.Select(c => c.ResponseLine()), cancellationToken);
        _responseFailures = answered.Zip(verdicts)
            .SelectMany(v => v.Second.GetProperty("differences").EnumerateArray().Select(d => (Case: v.First, Failure: d.GetString())))
            .ToLookup(f => (f.Case.Operation.Service.Name, f.Case.Protocol), f => $"{f.Case}: {f.Failure}");
    }

    private static IEnumerable<string> Judge(BotocoreCase one, JsonElement written)
    {
        var request = $"{written.GetProperty("method")} {written.GetProperty("target")}";
        if (one.Handled is not { } handled)
        {
            var answer = System.Text.Encoding.UTF8.GetString(((MemoryStream)one.Answer!.Body).ToArray());
            yield return $"{request} was refused: {one.Answer.StatusCode} {answer}";
        }
        else if (handled.Operation != one.Operation)
        {
            yield return $"{request} was taken for {handled.Operation.Service.Name} {handled.Operation.Name}";
        }
        else if (one.Request != handled.Request)
        {
            yield return $"{request}: {Excerpt(one.Request, handled.Request)}";
        }
    }

    private static string Excerpt(string expected, string actual)
    {
        var at = expected.AsSpan().CommonPrefixLength(actual);
        var from = Math.Max(0, at - 60);
        return $"sent …{expected.AsSpan(from, Math.Min(200, expected.Length - from))}… but read …{actual.AsSpan(from, Math.Min(200, actual.Length - from))}…";
    }
}
