using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Signing;

namespace Sagebrush.Wire.Dispatch;

/// <summary>Who calls, for which account and region, and the HTTP exchange it came in.</summary>
public sealed class CallContext
{
    /// <summary>The account whose resources the call is about; 12 digits.</summary>
    public required string AccountId { get; init; }

    /// <summary>The region of the signature's scope, such as <c>us-east-1</c>.</summary>
    public required string Region { get; init; }

    /// <summary>Who calls.</summary>
    public required Principal Principal { get; init; }

    /// <summary>The ARN of the caller.</summary>
    public string PrincipalArn => Principal.Arn;

    /// <summary>The access key that signed, if any did.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>When the key that signed ends; null for keys that do not, and where none signed.</summary>
    public DateTimeOffset? KeyExpiration { get; init; }

    /// <summary>The request's identifier, told to the client and written to the log.</summary>
    public required string RequestId { get; init; }

    /// <summary>The HTTP exchange: bodies that stream, and headers no model names.</summary>
    public required HttpContext Http { get; init; }

    /// <summary>The ARN of a resource of this account and region.</summary>
    /// <param name="service">The ARN's service part, such as <c>sagemaker</c>.</param>
    /// <param name="resource">The ARN's resource part, such as <c>training-job/demo</c>.</param>
    public string Arn(string service, string resource) => $"arn:aws:{service}:{Region}:{AccountId}:{resource}";
}
