using Microsoft.AspNetCore.Http;

namespace Sagebrush.Services.Ecr.Distribution;

/// <summary>An error the client made, as the distribution specification names it.</summary>
internal sealed class DistributionException(string code, string message, int statusCode = StatusCodes.Status400BadRequest) : Exception(message)
{
    /// <summary>The specification's name of it, such as <c>BLOB_UNKNOWN</c>.</summary>
    public string Code { get; } = code;

    /// <summary>The HTTP status.</summary>
    public int StatusCode { get; } = statusCode;

    /// <summary>What to send along, if anything.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(0);
}
