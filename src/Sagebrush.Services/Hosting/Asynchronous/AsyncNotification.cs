using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>The messages about asynchronous inference, in SageMaker's form.</summary>
internal static class AsyncNotification
{
    /// <summary>What is sent when an endpoint is created or updated, to see whether its topics take messages.</summary>
    public const string Test = """{"eventVersion":"1.0","eventSource":"aws:sagemaker","eventName":"TestNotification"}""";

    /// <summary>A message of SNS holds 256 KB; this much of it is left to the answer, before it is written in base64.</summary>
    private const int LargestAnswer = 128 * 1024;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The topic that hears of an outcome; null when none does.</summary>
    public static string? Topic(AsyncInferenceConfig config, in AsyncOutcome outcome) =>
        outcome.Failure is null ? config.OutputConfig.NotificationConfig?.SuccessTopic : config.OutputConfig.NotificationConfig?.ErrorTopic;

    /// <summary>The message about an outcome.</summary>
    public static string Result(ResourceKey key, string endpoint, AsyncInvocation invocation, AsyncInferenceConfig config, in AsyncOutcome outcome, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("awsRegion", key.Region);
            json.WriteString("eventTime", Time(now));
            json.WriteString("receivedTime", Time(invocation.Received));
            json.WriteString("invocationStatus", outcome.Failure is null ? "Completed" : "Failed");
            if (outcome.Failure is { } failure)
            {
                json.WriteString("failureReason", failure);
            }

            json.WriteStartObject("requestParameters");
            Write(json, "accept", invocation.Accept);
            Write(json, "contentType", invocation.ContentType);
            Write(json, "customAttributes", invocation.CustomAttributes);
            json.WriteString("endpointName", endpoint);
            json.WriteString("inputLocation", invocation.InputLocation);
            json.WriteEndObject();
            WriteResponse(json, invocation, config, outcome);
            json.WriteString("inferenceId", invocation.InferenceId);
            json.WriteString("eventVersion", "1.0");
            json.WriteString("eventSource", "aws:sagemaker");
            json.WriteString("eventName", "InferenceResult");
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteResponse(Utf8JsonWriter json, AsyncInvocation invocation, AsyncInferenceConfig config, in AsyncOutcome outcome)
    {
        var location = outcome.Failure is null ? invocation.OutputLocation : invocation.FailureLocation;
        json.WriteStartObject("responseParameters");
        Write(json, "contentType", outcome.ContentType);
        Write(json, outcome.Failure is null ? "outputLocation" : "failureLocation", location);
        json.WriteEndObject();

        var kind = outcome.Failure is null ? AsyncNotificationTopicTypes.SuccessNotificationTopic : AsyncNotificationTopicTypes.ErrorNotificationTopic;
        if (config.OutputConfig.NotificationConfig?.IncludeInferenceResponseIn?.Contains(kind) == true && outcome.Body.Length <= LargestAnswer)
        {
            json.WriteStartObject("responseBody");
            json.WriteBase64String("content", outcome.Body.Span);
            json.WriteString("encoding", "BASE64");
            json.WriteEndObject();
        }
    }

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
