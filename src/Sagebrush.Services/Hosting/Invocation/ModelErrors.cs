using Microsoft.AspNetCore.Http;
using Sagebrush.Contracts.SageMakerRuntime;
using Sagebrush.Serving;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.Hosting.Invocation;

/// <summary>A model's errors in SageMaker's words.</summary>
internal static class ModelErrors
{
    public static string Message(string account, string region, string endpoint, ModelInvocationException error)
    {
        var side = error.OriginalStatusCode is >= 400 and < 500 ? "client" : "server";
        return $"Received {side} error ({error.OriginalStatusCode}) from {error.Container ?? "primary"} with message \"{error.Message}\". See " +
            $"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#logEventViewer:group=/aws/sagemaker/Endpoints/{endpoint} " +
            $"in account {account} for more information.";
    }

    /// <summary>The error of a request that no model has seen; null when one has.</summary>
    public static ServiceException? Refusal(ModelInvocationException error, string endpoint) => error.Failure switch
    {
        InvocationFailure.NoTarget or InvocationFailure.NotExplainable => SageMakerRuntimeErrors.ValidationError(error.Message),
        InvocationFailure.Throttled => new ServiceException(
            "ThrottlingException", $"Rate exceeded: the request to endpoint {endpoint} was denied due to request throttling; {error.Message}.", StatusCodes.Status429TooManyRequests),
        InvocationFailure.TooLarge => new ServiceException("RequestEntityTooLarge", error.Message, StatusCodes.Status413PayloadTooLarge),
        _ => null,
    };

    /// <summary>Answers a request with the model's error.</summary>
    public static async Task AnswerAsync(HotCall call, ModelInvocationException error, string? logStream)
    {
        var context = call.Context;
        var body = ShapeJson.Write(new ModelError
        {
            Message = Message(context.AccountId, context.Region, call.Label, error),
            OriginalStatusCode = error.OriginalStatusCode,
            OriginalMessage = error.Message,
            LogStreamArn = logStream,
        });
        var response = context.Http.Response;
        response.StatusCode = StatusCodes.Status424FailedDependency;
        response.Headers["x-amzn-ErrorType"] = "ModelError";
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.Http.RequestAborted);
    }
}
