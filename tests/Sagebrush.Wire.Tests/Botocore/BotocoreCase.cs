using System.Text.Json;
using System.Text.Json.Nodes;

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Tests.Contracts;
using Sagebrush.Wire.Tests.Signing;

namespace Sagebrush.Wire.Tests.Botocore;

/// <summary>One operation with random input and an answer to give, and what became of both.</summary>
internal sealed class BotocoreCase
{
    private const string Endpoint = "http://127.0.0.1:8080";

    // Event streams, which no contract describes.
    private static readonly HashSet<string> EventStreams = ["InvokeEndpointWithResponseStream", "SelectObjectContent", "StartLiveTail", "GetLogObject"];

    // Asked for at host names of their own: the first by a request that is otherwise ListBuckets, the second with a signature of another kind.
    private static readonly HashSet<string> OtherHosts = ["ListDirectoryBuckets", "WriteGetObjectResponse"];

    private readonly string _expected;

    public BotocoreCase(ContractOperation operation, string protocol, int seed)
    {
        Operation = operation;
        Protocol = protocol;
        Request = NeutralShapeWriter.Write(RandomShapeReader.Fill(operation.NewRequest(), seed, RequestKind(protocol)));
        Response = RandomShapeReader.Fill(operation.NewResponse(), seed + 1_000_000, ResponseKind(protocol));
        _expected = NeutralShapeWriter.Write(Response);
    }

    public ContractOperation Operation { get; }

    public string Protocol { get; }

    /// <summary>What the client asks, in the tests' neutral form.</summary>
    public string Request { get; }

    /// <summary>What the handler answers, unless <see cref="Error"/> is set.</summary>
    public IShape Response { get; }

    /// <summary>The error the handler raises, if any.</summary>
    public ServiceException? Error { get; init; }

    /// <summary>What reached the handler, if anything did.</summary>
    public (ContractOperation Operation, string Request)? Handled { get; set; }

    /// <summary>The HTTP answer.</summary>
    public HttpResponse? Answer { get; private set; }

    /// <summary>Whether an operation's requests and answers can be told from all others and be described by contracts. The exceptions may only become fewer.</summary>
    public static bool Applies(ContractOperation operation) => !EventStreams.Contains(operation.Name) && !OtherHosts.Contains(operation.Name)
        && !(operation.Service == Sagebrush.Contracts.S3.S3Api.Service && operation.Service.Operations[operation.Name].Deprecated);

    /// <summary>The case as the judge's first part reads it.</summary>
    public string RequestLine() => new JsonObject
    {
        ["service"] = Operation.Service.Name,
        ["operation"] = Operation.Name,
        ["protocol"] = Protocol,
        ["endpoint"] = Endpoint,
        ["accessKey"] = Requests.Example().AccessKeyId,
        ["secretKey"] = Requests.Example().SecretAccessKey,
        ["parameters"] = JsonNode.Parse(Request),
    }.ToJsonString();

    /// <summary>The HTTP exchange of a request that the judge wrote.</summary>
    public HttpContext Open(JsonElement written)
    {
        var target = written.GetProperty("target").GetString()!;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var http = new DefaultHttpContext();
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        http.Request.Method = written.GetProperty("method").GetString()!;
        http.Request.QueryString = new QueryString(question < 0 ? "" : target[question..]);
        http.Request.Host = new HostString(new Uri(Endpoint).Authority);
        foreach (var header in written.GetProperty("headers").EnumerateArray())
        {
            http.Request.Headers.Append(header[0].GetString()!, header[1].GetString()!);
        }

        var body = written.GetProperty("body").GetBytesFromBase64();
        http.Request.Body = new MemoryStream(body);
        http.Request.ContentLength = body.Length;
        http.Response.Body = new MemoryStream();
        Answer = http.Response;
        return http;
    }

    /// <summary>The answer as the judge's second part reads it.</summary>
    public string ResponseLine()
    {
        var line = new JsonObject
        {
            ["service"] = Operation.Service.Name,
            ["operation"] = Operation.Name,
            ["protocol"] = Protocol,
            ["status"] = Answer!.StatusCode,
            ["headers"] = new JsonArray([.. Answer.Headers.SelectMany(h => h.Value.Select(v => new JsonArray(h.Key, v)))]),
            ["body"] = Convert.ToBase64String(((MemoryStream)Answer.Body).ToArray()),
            ["requestId"] = RequestId(),
        };
        if (Error is null)
        {
            line["expected"] = JsonNode.Parse(_expected);
        }
        else
        {
            line["error"] = new JsonObject { ["code"] = Error.Code, ["message"] = Error.Message };
            line["expected"] = Error.Members is { } members ? JsonNode.Parse(NeutralShapeWriter.Write(members)) : null;
        }

        return line.ToJsonString();
    }

    public override string ToString() => $"{Operation.Service.Name} {Operation.Name} ({Protocol})";

    private static RandomShapes RequestKind(string protocol) => protocol switch
    {
        "json" => new RandomShapes(),
        // botocore writes whole seconds there.
        "smithy-rpc-v2-cbor" => new RandomShapes { WholeSeconds = true },
        "rest-xml" => new RandomShapes { MayBeEmpty = false, Text = RandomText.XmlOfClients },
        _ => new RandomShapes { MayBeEmpty = false },
    };

    private static RandomShapes ResponseKind(string protocol) => protocol switch
    {
        "json" or "smithy-rpc-v2-cbor" => new RandomShapes(),
        "rest-json" => new RandomShapes { MayBeEmpty = false },
        _ => new RandomShapes { MayBeEmpty = false, Text = RandomText.Xml },
    };

    private string RequestId() => Operation.Service == Sagebrush.Contracts.S3.S3Api.Service
        ? Answer!.Headers["x-amz-request-id"].ToString()
        : Answer!.Headers["x-amzn-RequestId"].ToString();
}
