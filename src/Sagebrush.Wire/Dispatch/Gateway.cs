using System.Buffers;

using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

using Sagebrush.Wire.Http;
using Sagebrush.Wire.Protocols;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Signing;
using Sagebrush.Wire.Validation;

namespace Sagebrush.Wire.Dispatch;

/// <summary>The one door of all services: takes an HTTP request to its handler and the answer back.</summary>
/// <remarks>
/// 1. find the service; 2. check the signature; 3. find the operation; 4. read and check the request; 5. call the handler;
/// 6. write the answer. Whatever goes wrong on the way leaves as an error in the service's own protocol.
/// Immutable after construction; safe for concurrent use.
/// </remarks>
public sealed partial class Gateway
{
    /// <summary>The most bytes that are held for somebody whose key is not known, in bytes.</summary>
    private const int StrangersBodyLimit = 64 * 1024;

    private readonly ApiMap _api;
    private readonly SigV4Verifier _verifier;
    private readonly ILogger<Gateway> _logger;
    private readonly ServiceResolver _resolver;
    private readonly HotRoute[] _hotRoutes;
    private readonly (string Prefix, PathHandler Handler)[] _paths;
    private readonly AnonymousCaller? _anonymous;
    private readonly ICallAuthorizer? _authorizer;
    private readonly TimeProvider _time;
    private readonly JsonProtocol _json = new();
    private readonly RestJsonProtocol _restJson = new();
    private readonly RestXmlProtocol _restXml;
    private readonly QueryProtocol _query = new();
    private readonly CborProtocol _cbor = new();

    /// <summary>Opens the door for what <paramref name="api"/> maps.</summary>
    /// <param name="api">The operations.</param>
    /// <param name="verifier">Checks signatures.</param>
    /// <param name="logger">Hears of what went wrong on our side.</param>
    /// <param name="anonymous">What unsigned calls are about; without it there are none.</param>
    /// <param name="authorizer">Decides over calls of others than the root user; without it every key may do everything.</param>
    /// <param name="time">Times hot calls; the system's clock unless given.</param>
    public Gateway(
        ApiMap api,
        SigV4Verifier verifier,
        ILogger<Gateway> logger,
        AnonymousCaller? anonymous = null,
        ICallAuthorizer? authorizer = null,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(api);
        _api = api;
        _verifier = verifier;
        _logger = logger;
        _resolver = new ServiceResolver(api.Services);
        _restXml = new RestXmlProtocol(api);
        _hotRoutes = [.. api.HotRoutes];
        _paths = [.. api.Paths];
        _anonymous = anonymous;
        _authorizer = authorizer;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Handles one request from beginning to end; never throws but for a client that went away.</summary>
    public Task HandleAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return TryMatchHot(http, out var route, out var label) ? HandleHotAsync(http, route, label)
            : TryMatchPath(http, out var handler) ? HandlePathAsync(http, handler)
            : HandleAnyAsync(http);
    }

    private async Task HandleAnyAsync(HttpContext http)
    {
        var requestId = RequestId.Next();
        InboundCall? call = null;
        Protocol protocol = _restXml;
        var started = _time.GetTimestamp();
        var span = GatewayTelemetry.Begin();
        try
        {
            call = Open(http, requestId);
            protocol = ProtocolOf(call);
            await DispatchAsync(call, protocol, http.RequestAborted);
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested)
        {
            call ??= Unreadable(http, requestId);
            await AnswerErrorAsync(call, protocol, Describe(e, call, protocol));
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone: nobody is left to answer, and what went wrong may come of that.
        }
        finally
        {
            GatewayTelemetry.End(span, call?.Service.Name, call?.Operation?.Name, http.Response.StatusCode, requestId, _time.GetElapsedTime(started));
        }
    }

    private static ReadOnlySpan<char> RawPath(HttpContext http, out ReadOnlySpan<char> query)
    {
        var target = RequestTarget.Divide(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        query = target.Query;
        return target.Path;
    }

    private InboundCall Open(HttpContext http, string requestId)
    {
        var path = RawPath(http, out var rawQuery).ToString();
        var query = new QueryParameters(rawQuery);
        var scope = CredentialScope.Service(http.Request, query);
        var service = _resolver.Resolve(http.Request, scope, path, query)
            ?? throw new ServiceException("UnknownService", scope is null
                ? "This is an endpoint for AWS clients; no service could be told from the request."
                : $"The service '{scope}' is not served here.", StatusCodes.Status404NotFound);
        if (service.SigningName == "s3" && VirtualHost.Bucket(http.Request.Host) is { } bucket)
        {
            path = $"/{bucket}{path}";
        }

        return new InboundCall(http, requestId) { Service = service, RawPath = path, Query = query };
    }

    private InboundCall Unreadable(HttpContext http, string requestId) => new(http, requestId)
    {
        Service = _api.Services.First(),
        RawPath = "/",
        Query = new QueryParameters(""),
    };

    private async Task DispatchAsync(InboundCall call, Protocol protocol, CancellationToken cancellationToken)
    {
        var http = call.Http;
        http.Response.Headers[protocol == _restXml ? "x-amz-request-id" : "x-amzn-RequestId"] = call.RequestId;
        if (_api.Service(call.Service).Front is { } front && await front(new(http, call.RawPath, call.Query, call.RequestId), cancellationToken))
        {
            return;
        }

        var isRest = protocol is RestProtocol;
        if (isRest && !_resolver.TryMatchOperation(call))
        {
            throw protocol == _restXml
                ? new ServiceException("MethodNotAllowed", "The specified method is not allowed against this resource.", StatusCodes.Status405MethodNotAllowed)
                : new ServiceException("UnknownOperationException", $"{call.Service.ServiceId} has no operation at {http.Request.Method} {call.RawPath}.", StatusCodes.Status404NotFound);
        }

        var options = _api.Service(call.Service);
        var streams = isRest && _api.TryGet(call.Service, call.Operation!.Name, out var streaming) && streaming.StreamsRequest;
        var signature = await VerifyAsync(call, protocol, options, streams, cancellationToken);
        if (!signature.IsValid && !AdmitsUnsigned(signature, call, protocol))
        {
            Demand(signature, protocol);
        }

        if (!isRest)
        {
            call.Operation = FindOperation(call, protocol);
        }

        var context = signature.IsValid ? Context(signature, call.RequestId, http) : UnsignedContext(_anonymous!, call.RequestId, http);
        var name = call.Operation!.Name;
        _api.TryGet(call.Service, name, out var handler);
        var request = handler?.NewRequest();
        if (request is not null)
        {
            protocol.Read(call, request);
        }

        if (_authorizer is not null && !context.Principal.IsRoot && !(context.Principal.IsAnonymous && _api.AllowsUnsigned(call.Service, name)))
        {
            await _authorizer.AuthorizeAsync(context, call.Service, name, call.Labels, request, cancellationToken);
        }

        if (_api.TryGetRaw(call.Service, name, out var raw))
        {
            await raw(new RawCall(context, call.Labels, call.Body), cancellationToken);
            return;
        }

        if (_api.TryGetHot(call.Service, name, out var hot))
        {
            await hot.Handler(new HotCall(context, call.Labels.Values.Single(), new ReadOnlySequence<byte>(call.Body)) { Started = _time.GetTimestamp() });
            return;
        }

        if (handler is null || request is null)
        {
            throw new ServiceException("NotImplemented", $"{name} of {call.Service.ServiceId} is not implemented yet; docs/api-coverage.md lists what is.", StatusCodes.Status501NotImplemented);
        }

        if (options.ValidatesRequests && ConstraintValidator.Validate(request) is { } broken)
        {
            throw new ServiceException(options.ValidationErrorCode ?? protocol.ValidationErrorCodeOf(broken), broken);
        }

        var response = await handler.InvokeAsync(request, context, cancellationToken);
        await protocol.WriteAsync(call, handler, response, cancellationToken);
    }

    private async ValueTask<SignatureResult> VerifyAsync(
        InboundCall call, Protocol protocol, ServiceOptions options, bool streams, CancellationToken cancellationToken)
    {
        var request = call.Http.Request;
        var expected = new ScopeExpectation(call.Service.SigningName);
        var isV2 = protocol == _restXml && PresignedV2Verifier.IsPresent(call.Query);
        SignatureResult signature;
        if (streams)
        {
            signature = isV2 ? _verifier.PresignedV2.Verify(request, call.RawPath, call.Query) : _verifier.VerifyHead(request, expected);
            if (signature.IsValid)
            {
                LiftBodyLimit(call.Http);
                call.BodyStream = SigV4Verifier.OpenBody(request, signature);
            }
            else if (signature.Outcome == SignatureOutcome.Missing)
            {
                // Nobody promised anything about this body; whether it is read at all is decided later.
                call.BodyStream = request.Body;
            }
        }
        else if (isV2)
        {
            signature = _verifier.PresignedV2.Verify(request, call.RawPath, call.Query);
            call.Body = signature.IsValid ? await ReadBodyAsync(request, options.MaxBufferedBody, cancellationToken) : default;
        }
        else if (!IsLarge(request) || !_verifier.TryRefuseEarly(request, expected, out signature))
        {
            // An unbelieved body costs at most its limit, and a stranger's not even that.
            call.Body = await ReadBodyAsync(request, options.MaxBufferedBody, cancellationToken);
            signature = _verifier.Verify(request, call.Body, expected);
            if (signature.IsValid && protocol is not RestProtocol && CompressedBody.IsCompressed(request))
            {
                call.Body = await CompressedBody.InflateAsync(call.Body, options.MaxBufferedBody, cancellationToken) ?? throw TooLarge(options.MaxBufferedBody);
            }
        }

        return signature;
    }

    /// <summary>Whether an operation may be called by nobody in particular, and was.</summary>
    private bool AdmitsUnsigned(in SignatureResult signature, InboundCall call, Protocol protocol) =>
        signature.Outcome == SignatureOutcome.Missing && _anonymous is not null
        && (_authorizer?.DecidesUnsigned(call.Service) == true && !(IsLarge(call.Http.Request) && call.BodyStream is null)
            || ((call.Operation?.Name ?? OperationName(call, protocol)) is { } name && _api.AllowsUnsigned(call.Service, name)));

    private static void Demand(in SignatureResult signature, Protocol protocol)
    {
        if (!signature.IsValid)
        {
            var error = SignatureErrors.Describe(signature, protocol.SignatureErrors);
            throw new ServiceException(error.Code, error.Message, error.StatusCode, error.Details);
        }
    }

    private static CallContext Context(in SignatureResult signature, string requestId, HttpContext http) => new()
    {
        AccountId = signature.Principal!.AccountId,
        Principal = signature.Principal,
        Region = signature.Region!,
        AccessKeyId = signature.Credential!.AccessKeyId,
        KeyExpiration = signature.Credential.Expiration,
        RequestId = requestId,
        Http = http,
    };

    private static CallContext UnsignedContext(AnonymousCaller anonymous, string requestId, HttpContext http) => new()
    {
        AccountId = anonymous.AccountId,
        Principal = Principal.Anonymous(anonymous.AccountId),
        Region = anonymous.Region,
        RequestId = requestId,
        Http = http,
    };

    private static bool IsLarge(HttpRequest request) =>
        request.ContentLength is { } length ? length > StrangersBodyLimit : request.Headers.ContainsKey("Transfer-Encoding");

    private static void LiftBodyLimit(HttpContext http)
    {
        // Streams are bounded by their handlers; Kestrel's limit is meant for bodies that are held in memory.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        if (request.ContentLength is 0 || (request.ContentLength is null && !request.Headers.ContainsKey("Transfer-Encoding")))
        {
            return default;
        }

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > limit)
            {
                throw TooLarge(limit);
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static ServiceException TooLarge(int limit) =>
        new("RequestEntityTooLarge", $"The body is larger than {limit} bytes.", StatusCodes.Status413PayloadTooLarge);

    private static string? OperationName(InboundCall call, Protocol protocol) => protocol switch
    {
        QueryProtocol => QueryProtocol.Form(call).Child("Action")?.Value,
        CborProtocol => CborProtocol.Target(call.RawPath)?.Operation,
        _ => ServiceResolver.Target(call.Http.Request)?.Operation,
    };

    private static OperationInfo FindOperation(InboundCall call, Protocol protocol)
    {
        var name = OperationName(call, protocol);
        if (name is not null && call.Service.Operations.TryGetValue(name, out var operation))
        {
            return operation;
        }

        throw protocol is QueryProtocol
            ? new ServiceException(name is null ? "MissingAction" : "InvalidAction", name is null ? "The field Action is missing." : $"Could not find operation {name} for version {call.Service.ApiVersion}")
            : new ServiceException("UnknownOperationException", name is null ? "The request names no operation." : $"{call.Service.ServiceId} has no operation {name}.");
    }

    private Protocol ProtocolOf(InboundCall call)
    {
        var service = call.Service;
        if (service.Speaks("rest-xml"))
        {
            return _restXml;
        }

        if (service.Speaks("rest-json"))
        {
            return _restJson;
        }

        if (service.Speaks(CborProtocol.Name) && CborProtocol.IsSpoken(call.Http.Request))
        {
            return _cbor;
        }

        return service.TargetPrefix is not null && ServiceResolver.Target(call.Http.Request) is not null || !service.Speaks("query")
            ? _json
            : _query;
    }

    private ServiceException Describe(Exception exception, InboundCall call, Protocol protocol)
    {
        switch (exception)
        {
            case ServiceException error:
                return error;
            case SerializationException error:
                return new ServiceException(SerializationCode(call, protocol), error.Message);
            case PayloadException error:
                return new ServiceException(error.Code, error.Message, error.StatusCode);
            case BadHttpRequestException error:
                return new ServiceException("BadRequest", error.Message, error.StatusCode);
            case ConnectionResetException or ConnectionAbortedException:
                return new ServiceException("IncompleteBody", "The connection ended before the body did.");
            default:
                LogFailure(exception, call.RequestId, call.Service.ServiceId, call.Operation?.Name);
                return new ServiceException(
                    protocol == _restXml ? "InternalError" : "InternalFailure",
                    "The request could not be processed because of an internal error; the server's log has it under the request id.",
                    StatusCodes.Status500InternalServerError);
        }
    }

    /// <remarks>S3 tells a path that cannot be read from a parameter that is no number and from a body that is no XML.</remarks>
    private string SerializationCode(InboundCall call, Protocol protocol) => (protocol == _restXml && call.Body.IsEmpty, call.Operation) switch
    {
        (true, null) => "InvalidURI",
        (true, _) => protocol.ValidationErrorCode,
        _ => protocol.SerializationErrorCode,
    };

    private static async Task AnswerErrorAsync(InboundCall call, Protocol protocol, ServiceException error)
    {
        if (call.Http.Response.HasStarted)
        {
            // Half an answer is out: only cutting the connection tells the client that it is no whole one.
            call.Http.Abort();
            return;
        }

        try
        {
            await protocol.WriteErrorAsync(call, error, call.Http.RequestAborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            // The client went away before the answer was out.
        }
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "Request {RequestId} to {Service} {Operation} failed")]
    private partial void LogFailure(Exception exception, string requestId, string service, string? operation);
}
