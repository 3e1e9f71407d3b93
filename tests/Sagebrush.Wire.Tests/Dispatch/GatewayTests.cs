using System.Net.Sockets;
using System.Text;

using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Contracts.Logs;
using Sagebrush.Contracts.S3;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Contracts.SageMakerRuntime;
using Sagebrush.Contracts.Sts;
using Sagebrush.Wire.Dispatch;
using Xunit;

namespace Sagebrush.Wire.Tests.Dispatch;

/// <summary>The way of a request through the gateway, over a real connection: which service, which operation, and what when it goes wrong.</summary>
public sealed class GatewayTests
{
    private const string Secret = "the password is swordfish";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handle_TargetHeader_FindsService()
    {
        await using var server = await StartAsync();
        var answer = await server.SendAsync(server.Json("SageMaker.DescribeModel", """{"ModelName":"m"}"""), "sagemaker", Cancelled);

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/x-amz-json-1.1", answer.Headers["Content-Type"]);
        Assert.Contains("\"ModelName\":\"m\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_PathOfARestService_FindsServiceThatSharesItsSigningName()
    {
        await using var server = await StartAsync();
        var answer = await server.SendAsync(server.Request(HttpMethod.Post, "/endpoints/one/invocations", "1,2,3", "text/csv"), "sagemaker", Cancelled);

        Assert.Equal((200, "one: 1,2,3"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Handle_ActionInAForm_FindsService()
    {
        await using var server = await StartAsync();
        var answer = await server.SendAsync(Form(server, "Action=GetCallerIdentity&Version=2011-06-15"), "sts", Cancelled);

        Assert.Equal(200, answer.Status);
        Assert.Contains("<Account>123456789012</Account>", answer.Body, StringComparison.Ordinal);
        Assert.Contains($"<RequestId>{answer.RequestId}</RequestId>", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/bucket/folder/key", null)]
    [InlineData("/folder/key", "bucket.s3.us-east-1.amazonaws.com")]
    [InlineData("/folder/key", "bucket.s3.localhost:8080")]
    [InlineData("/folder/key", "bucket.localhost")]
    public async Task Handle_BucketInPathOrHost_FindsTheObject(string path, string? host)
    {
        await using var server = await StartAsync();
        var request = server.Request(HttpMethod.Get, path);
        request.Headers.Host = host;
        var answer = await server.SendAsync(request, "s3", Cancelled);

        Assert.Equal((200, "bucket / folder/key"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Handle_CborCall_IsAnsweredInCbor()
    {
        await using var server = await StartAsync();
        var request = server.Request(HttpMethod.Post, "/service/GraniteServiceVersion20100801/operation/ListDashboards");
        request.Content = new ByteArrayContent([0xa0]);
        request.Content.Headers.ContentType = new("application/cbor");
        request.Headers.Add("smithy-protocol", "rpc-v2-cbor");
        var answer = await server.SendAsync(request, "monitoring", Cancelled);

        Assert.Equal((200, "application/cbor", "rpc-v2-cbor"), (answer.Status, answer.Headers["Content-Type"], answer.Headers["smithy-protocol"]));
    }

    [Fact]
    public async Task Handle_UnknownScope_IsRefusedByName()
    {
        await using var server = await StartAsync();
        var answer = await server.SendAsync(server.Json("DynamoDB_20120810.ListTables", "{}"), "dynamodb", Cancelled);

        Assert.Equal((404, "UnknownService"), (answer.Status, answer.Code));
        Assert.Contains("dynamodb", answer.Body, StringComparison.Ordinal);
        Assert.NotNull(answer.RequestId);
    }

    [Fact]
    public async Task Handle_OperationNobodyHandles_IsNamed()
    {
        await using var server = await StartAsync();
        var json = await server.SendAsync(server.Json("SageMaker.CreateDomain", "{}"), "sagemaker", Cancelled);
        var form = await server.SendAsync(Form(server, "Action=AssumeRole&Version=2011-06-15"), "sts", Cancelled);
        var rest = await server.SendAsync(server.Request(HttpMethod.Get, "/bucket?policy"), "s3", Cancelled);

        Assert.All([json, form, rest], answer => Assert.Equal((501, "NotImplemented"), (answer.Status, answer.Code)));
        Assert.Contains("CreateDomain of SageMaker", json.Body, StringComparison.Ordinal);
        Assert.Contains("AssumeRole of STS", form.Body, StringComparison.Ordinal);
        Assert.Contains("GetBucketPolicy of S3", rest.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_OperationThatDoesNotExist_IsRefused()
    {
        await using var server = await StartAsync();
        var json = await server.SendAsync(server.Json("SageMaker.MakeCoffee", "{}"), "sagemaker", Cancelled);
        var form = await server.SendAsync(Form(server, "Action=MakeCoffee"), "sts", Cancelled);
        var nameless = await server.SendAsync(Form(server, "Version=2011-06-15"), "sts", Cancelled);
        var rest = await server.SendAsync(server.Request(HttpMethod.Patch, "/bucket"), "s3", Cancelled);

        Assert.Equal((400, "UnknownOperationException"), (json.Status, json.Code));
        Assert.Equal((400, "InvalidAction"), (form.Status, form.Code));
        Assert.Equal((400, "MissingAction"), (nameless.Status, nameless.Code));
        Assert.Equal((405, "MethodNotAllowed"), (rest.Status, rest.Code));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Handle_BodyOverTheLimit_IsRefused(bool chunked)
    {
        await using var server = await StartAsync();
        var request = server.Json("SageMaker.DescribeModel", $$"""{"ModelName":"{{new string('m', 70_000)}}"}""");
        request.Headers.TransferEncodingChunked = chunked;
        var answer = await server.SendAsync(request, "sagemaker", Cancelled);

        Assert.Equal((413, "RequestEntityTooLarge"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Handle_ChunkedBody_IsRead()
    {
        await using var server = await StartAsync();
        var request = server.Json("SageMaker.DescribeModel", """{"ModelName":"chunked"}""");
        request.Headers.TransferEncodingChunked = true;
        var answer = await server.SendAsync(request, "sagemaker", Cancelled);

        Assert.Contains("\"ModelName\":\"chunked\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_BodyThatEndsEarly_IsNoServerError()
    {
        await using var server = await StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Url.Host, server.Url.Port, Cancelled);
        await using var stream = client.GetStream();
        await stream.WriteAsync("POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: SageMaker.DescribeModel\r\nContent-Length: 100\r\n\r\n{\"Mod"u8.ToArray(), Cancelled);
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var answer = "";
        try
        {
            answer = await reader.ReadToEndAsync(Cancelled);
        }
        catch (IOException)
        {
            // Cut off without an answer: nobody was there to read it.
        }

        Assert.DoesNotContain(" 500 ", answer, StringComparison.Ordinal);
        Assert.Equal(200, (await server.SendAsync(server.Json("SageMaker.DescribeModel", """{"ModelName":"m"}"""), "sagemaker", Cancelled)).Status);
    }

    [Theory]
    [InlineData("/bucket?policy")]
    [InlineData("/bucket/missing")]
    public async Task Handle_ErrorOfAHeadRequest_HasNoBody(string target)
    {
        await using var server = await StartAsync();
        var answer = await server.SendAsync(server.Request(HttpMethod.Head, target), "s3", Cancelled);

        Assert.True(answer.Status >= 400);
        Assert.Equal("", answer.Body);
        Assert.NotNull(answer.RequestId);
    }

    [Fact]
    public async Task Handle_HandlerThatFails_TellsNothing()
    {
        await using var server = await StartAsync();
        var json = await server.SendAsync(server.Json("SageMaker.DeleteModel", """{"ModelName":"m"}"""), "sagemaker", Cancelled);
        var rest = await server.SendAsync(server.Request(HttpMethod.Delete, "/bucket/key"), "s3", Cancelled);

        Assert.Equal((500, "InternalFailure"), (json.Status, json.Code));
        Assert.Equal((500, "InternalError"), (rest.Status, rest.Code));
        Assert.All([json, rest], answer =>
        {
            Assert.DoesNotContain("swordfish", answer.Body, StringComparison.Ordinal);
            Assert.NotNull(answer.RequestId);
        });
    }

    [Fact]
    public async Task Handle_UploadThatStreams_ReachesItsHandlerWhole()
    {
        await using var server = await StartAsync();
        var request = server.Request(HttpMethod.Put, "/bucket/big");
        var body = new byte[3_000_000];
        new Random(1).NextBytes(body);
        request.Content = new ByteArrayContent(body);
        var answer = await server.SendAsync(request, "s3", Cancelled);

        Assert.Equal((200, $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(body))}\""), (answer.Status, answer.Headers["ETag"]));
    }

    [Fact]
    public async Task Handle_BrokenConstraint_HasTheServicesOwnCode()
    {
        await using var server = await StartAsync();
        var sagemaker = await server.SendAsync(server.Json("SageMaker.DescribeModel", "{}"), "sagemaker", Cancelled);
        var logs = await server.SendAsync(server.Json("Logs_20140328.DescribeLogGroups", """{"limit":0}"""), "logs", Cancelled);

        Assert.Equal((400, "ValidationException"), (sagemaker.Status, sagemaker.Code));
        Assert.Contains("1 validation error detected: Value null at 'modelName' failed to satisfy constraint: Member must not be null", sagemaker.Body, StringComparison.Ordinal);
        Assert.Equal((400, "InvalidParameterException"), (logs.Status, logs.Code));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"ModelName":1}""")]
    public async Task Handle_BodyThatCannotBeRead_IsASerializationError(string body)
    {
        await using var server = await StartAsync();
        var answer = await server.SendAsync(server.Json("SageMaker.DescribeModel", body), "sagemaker", Cancelled);

        Assert.Equal((400, "SerializationException"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Handle_CompressedBody_IsUnpackedWithinTheLimit()
    {
        await using var server = await StartAsync();
        var good = await server.SendAsync(Compressed(server, """{"ModelName":"packed"}"""), "sagemaker", Cancelled);
        var bomb = await server.SendAsync(Compressed(server, new string(' ', 10_000_000)), "sagemaker", Cancelled);
        var broken = server.Json("SageMaker.DescribeModel", "no gzip");
        broken.Content!.Headers.ContentEncoding.Add("gzip");

        Assert.Contains("\"ModelName\":\"packed\"", good.Body, StringComparison.Ordinal);
        Assert.Equal(413, bomb.Status);
        Assert.Equal("SerializationException", (await server.SendAsync(broken, "sagemaker", Cancelled)).Code);
    }

    [Theory]
    [InlineData("SageMaker.DescribeModel", "{}")]
    [InlineData("SageMaker.MakeCoffee", "{}")]
    public async Task Handle_UnsignedCall_IsRefused(string target, string body)
    {
        await using var server = await StartAsync();
        var answer = await server.SendAsync(server.Json(target, body), service: null, Cancelled);

        Assert.Equal("MissingAuthenticationTokenException", answer.Code);
        Assert.NotNull(answer.RequestId);
    }

    [Theory]
    [InlineData("/bucket/%ZZ")]
    [InlineData("/bucket/%ff%fe")]
    [InlineData("/bucket?prefix=%C3%28")]
    public async Task Handle_PathThatIsNoText_IsTheCallersFault(string target)
    {
        await using var server = await StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Url.Host, server.Url.Port, Cancelled);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), Cancelled);
        using var reader = new StreamReader(stream, Encoding.ASCII);

        Assert.StartsWith("HTTP/1.1 4", await reader.ReadToEndAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_AnswerWithAControlCharacterInAHeader_IsRefused()
    {
        await using var server = await StartAsync();
        var answer = await server.SendAsync(server.Request(HttpMethod.Get, "/bucket/key?response-content-disposition=a%0D%0Ab%3Ac"), "s3", Cancelled);

        Assert.Equal((400, "InvalidArgument"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Handle_ClientThatLeaves_CancelsTheHandler()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var server = await GatewayServer.StartAsync(
            api => api.Map(SageMakerApi.DescribeModel, async (_, _, cancellationToken) =>
            {
                started.SetResult();
                await using var registration = cancellationToken.Register(cancelled.SetResult);
                await cancelled.Task;
                throw new OperationCanceledException(cancellationToken);
            }),
            Cancelled);
        using var leaving = new CancellationTokenSource();
        var call = server.SendAsync(server.Json("SageMaker.DescribeModel", """{"ModelName":"m"}"""), "sagemaker", leaving.Token);
        await started.Task.WaitAsync(Cancelled);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await cancelled.Task.WaitAsync(Cancelled);
    }

    private static Task<GatewayServer> StartAsync() => GatewayServer.StartAsync(
        api =>
        {
            api.Service(S3Api.Service);
            api.Service(StsApi.Service);
            api.Service(SageMakerApi.Service).MaxBufferedBody = 64 * 1024;
            api.Service(LogsApi.Service).ValidationErrorCode = "InvalidParameterException";
            api.Map(SageMakerApi.DescribeModel, (request, _, _) => ValueTask.FromResult(new DescribeModelOutput { ModelName = request.ModelName }));
            api.Map(SageMakerApi.DeleteModel, (_, _, _) => throw new System.InvalidOperationException(Secret));
            api.Map(LogsApi.DescribeLogGroups, (_, _, _) => ValueTask.FromResult(new DescribeLogGroupsResponse()));
            api.Map(CloudWatchApi.ListDashboards, (_, _, _) => ValueTask.FromResult(new ListDashboardsOutput()));
            api.Map(StsApi.GetCallerIdentity, (_, context, _) => ValueTask.FromResult(new GetCallerIdentityResponse { Account = context.AccountId }));
            api.Map(S3Api.DeleteObject, (_, _, _) => throw new System.InvalidOperationException(Secret));
            api.Map(S3Api.HeadObject, (_, _, _) => throw new ServiceException("NoSuchKey", "The specified key does not exist.", 404));
            api.Map(S3Api.GetObject, (request, _, _) => ValueTask.FromResult(new GetObjectOutput
            {
                Body = new MemoryStream(Encoding.UTF8.GetBytes($"{request.Bucket} / {request.Key}")),
                ContentDisposition = request.ResponseContentDisposition,
            }));
            api.Map(S3Api.PutObject, async (request, _, cancellationToken) =>
            {
                var hash = await System.Security.Cryptography.SHA256.HashDataAsync(request.Body!, cancellationToken);
                return new PutObjectOutput { ETag = $"\"{Convert.ToHexStringLower(hash)}\"" };
            });
            api.MapRaw(SageMakerRuntimeApi.Service, "InvokeEndpoint", async (call, cancellationToken) =>
                await call.Context.Http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"{call.Labels["EndpointName"]}: {Encoding.UTF8.GetString(call.Body.Span)}"), cancellationToken));
        },
        Cancelled);

    private static HttpRequestMessage Form(GatewayServer server, string body) => server.Request(HttpMethod.Post, "/", body, "application/x-www-form-urlencoded");

    private static HttpRequestMessage Compressed(GatewayServer server, string body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(body));
        }

        var request = server.Json("SageMaker.DescribeModel", "");
        request.Content = new ByteArrayContent(packed.ToArray());
        request.Content.Headers.ContentEncoding.Add("gzip");
        return request;
    }
}
