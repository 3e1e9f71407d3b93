using System.Globalization;
using System.Net;
using System.Text;
using Sagebrush.Wire.Json;
using Sagebrush.Wire.Query;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Signing;
using Sagebrush.Wire.Tests.Contracts;
using Xunit;

namespace Sagebrush.Clients.Tests.Hostile;

/// <summary>
/// Calls every operation that is handled with requests made from its model: most well-formed, some hostile. Whatever they ask, the answer is no fault of the
/// server's. Operations are covered as soon as they are there. <c>SAGEBRUSH_FUZZ_ROUNDS</c> makes it go on for longer than a few seconds.
/// </summary>
public sealed class OperationFuzzTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const int UsualRounds = 5;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryOperation_RequestsMadeFromItsModel_AreNeverTheServersFault()
    {
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("SAGEBRUSH_FUZZ_ROUNDS"), CultureInfo.InvariantCulture, out var asked) ? asked : UsualRounds;
        var random = new Random(rounds == UsualRounds ? 7 : Environment.TickCount);
        using var client = new HttpClient();
        var failures = new List<string>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var operation in ContractCatalog.Operations.Where(Speaks).Where(operation => server.Api.MappedOperations(operation.Service).Contains(operation.Name)))
            {
                var shape = operation.NewRequest();
                new PlausibleShapeReader(random).Fill(shape);
                using var request = Write(operation, shape, out var body);
                await new SigV4Signer(server.Root, operation.Service.SigningName, "us-east-1", TimeProvider.System).SignAsync(request, Cancelled);
                using var response = await client.SendAsync(request, Cancelled);
                if (response.StatusCode >= HttpStatusCode.InternalServerError && response.StatusCode != HttpStatusCode.NotImplemented)
                {
                    failures.Add($"{operation.Service.ServiceId} {operation.Name} answered {(int)response.StatusCode}: {Encoding.UTF8.GetString(body)}");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static bool Speaks(ContractOperation operation) => operation.Service.TargetPrefix is not null || operation.Service.Speaks("query");

    private HttpRequestMessage Write(ContractOperation operation, IShape shape, out byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, server.Url);
        var service = operation.Service;
        var isJson = service.TargetPrefix is not null;
        body = isJson
            ? ShapeJson.Write(shape)
            : [.. Encoding.ASCII.GetBytes($"Action={operation.Name}&Version={service.ApiVersion}&"), .. FormShapeWriter.Write(shape)];
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", isJson ? $"application/x-amz-json-{service.JsonVersion}" : "application/x-www-form-urlencoded");
        if (isJson)
        {
            request.Headers.Add("X-Amz-Target", $"{service.TargetPrefix}.{operation.Name}");
        }

        return request;
    }
}
