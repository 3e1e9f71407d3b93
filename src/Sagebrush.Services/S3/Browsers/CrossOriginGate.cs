using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3.Browsers;

/// <summary>Answers browsers' preflight requests by a bucket's rules, and adds the same headers to real answers.</summary>
internal sealed class CrossOriginGate(IObjectStore store)
{
    /// <summary>Answers an <c>OPTIONS</c> request.</summary>
    /// <exception cref="ServiceException">It is not a preflight request, or nothing allows what it asks for.</exception>
    public void AnswerPreflight(FrontCall call)
    {
        var headers = call.Http.Request.Headers;
        var (origin, method) = (headers.Origin.ToString(), headers.AccessControlRequestMethod.ToString());
        if (origin.Length == 0 || method.Length == 0)
        {
            throw new ServiceException(
                "BadRequest", origin.Length == 0 ? "Insufficient information. Origin request header needed." : "Invalid Access-Control-Request-Method: null");
        }

        var asked = headers.AccessControlRequestHeaders.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var rules = RulesOf(call) ?? throw Forbidden(method, "CORSResponse: CORS is not enabled for this bucket.");
        var rule = CrossOriginRules.Find(rules, origin, method, asked) ?? throw Forbidden(
            method,
            "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.");
        var response = call.Http.Response;
        Allow(response, rule, origin);
        if (asked.Length > 0)
        {
            response.Headers.AccessControlAllowHeaders = string.Join(", ", asked.Select(header => header.ToLowerInvariant()));
        }

        response.ContentLength = 0;
    }

    /// <summary>Lets the page that makes a real request read the answer, whatever that will be.</summary>
    public void Accompany(FrontCall call)
    {
        var origin = call.Http.Request.Headers.Origin.ToString();
        if (RulesOf(call) is { } rules && CrossOriginRules.Find(rules, origin, call.Http.Request.Method, []) is { } rule)
        {
            // At the last moment: an error begins its answer anew, and pages must be able to read errors as well.
            call.Http.Response.OnStarting(() =>
            {
                Allow(call.Http.Response, rule, origin);
                return Task.CompletedTask;
            });
        }
    }

    private static void Allow(HttpResponse response, CORSRule rule, string origin)
    {
        var anybody = rule.AllowedOrigins.Contains("*");
        response.Headers.AccessControlAllowOrigin = anybody ? "*" : origin;
        response.Headers.AccessControlAllowMethods = string.Join(", ", rule.AllowedMethods);
        if (!anybody)
        {
            response.Headers.AccessControlAllowCredentials = "true";
        }

        if (rule.ExposeHeaders is { Count: > 0 } exposed)
        {
            response.Headers.AccessControlExposeHeaders = string.Join(", ", exposed);
        }

        if (rule.MaxAgeSeconds is { } seconds)
        {
            response.Headers.AccessControlMaxAge = seconds.ToString(CultureInfo.InvariantCulture);
        }

        response.Headers.Vary = $"{HeaderNames.Origin}, {HeaderNames.AccessControlRequestHeaders}, {HeaderNames.AccessControlRequestMethod}";
    }

    private static ServiceException Forbidden(string method, string message) => new(
        "AccessForbidden", message, StatusCodes.Status403Forbidden, new Dictionary<string, string> { ["Method"] = method, ["ResourceType"] = "OBJECT" });

    private List<CORSRule>? RulesOf(FrontCall call)
    {
        var path = call.RawPath.AsSpan(Math.Min(1, call.RawPath.Length));
        var slash = path.IndexOf('/');
        var bucket = (slash < 0 ? path : path[..slash]).ToString();
        return store.FindBucket(bucket) is { } found ? BucketSettings.Find<CORSConfiguration>(found, BucketSettings.CrossOrigin)?.CORSRules : null;
    }
}
