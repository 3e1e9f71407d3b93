using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Sagebrush.Services.S3.Events;

/// <summary>Writes events as S3 does, in version 2.1 of its message structure.</summary>
internal static class EventMessage
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>The message of one event.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="configuration">The id of the configuration that asked for it.</param>
    public static string Write(ObjectEvent happened, string configuration) => Json(json =>
    {
        json.WriteStartArray("Records");
        json.WriteStartObject();
        json.WriteString("eventVersion", "2.1");
        json.WriteString("eventSource", "aws:s3");
        json.WriteString("awsRegion", happened.Region);
        json.WriteString("eventTime", Text(happened.Time));
        json.WriteString("eventName", happened.Name);
        WriteObject(json, "userIdentity", ("principalId", happened.Principal ?? "AmazonS3"));
        WriteObject(json, "requestParameters", ("sourceIPAddress", happened.SourceAddress ?? "s3.amazonaws.com"));
        WriteObject(json, "responseElements", ("x-amz-request-id", happened.RequestId ?? ""), ("x-amz-id-2", happened.RequestId ?? ""));
        json.WriteStartObject("s3");
        json.WriteString("s3SchemaVersion", "1.0");
        json.WriteString("configurationId", configuration);
        WriteBucket(json, happened);
        WriteObject(json, happened);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    /// <summary>The message that shows that a topic can be reached.</summary>
    public static string Test(string bucket, string requestId, DateTimeOffset time) => Json(json =>
    {
        json.WriteString("Service", "Amazon S3");
        json.WriteString("Event", "s3:TestEvent");
        json.WriteString("Time", Text(time));
        json.WriteString("Bucket", bucket);
        json.WriteString("RequestId", requestId);
        json.WriteString("HostId", requestId);
    });

    private static void WriteBucket(Utf8JsonWriter json, ObjectEvent happened)
    {
        json.WriteStartObject("bucket");
        json.WriteString("name", happened.Bucket);
        WriteObject(json, "ownerIdentity", ("principalId", happened.Account));
        json.WriteString("arn", $"arn:aws:s3:::{happened.Bucket}");
        json.WriteEndObject();
    }

    /// <remarks>Keys are written as in a form: a slash stands for itself, a space is a plus.</remarks>
    private static void WriteObject(Utf8JsonWriter json, ObjectEvent happened)
    {
        json.WriteStartObject("object");
        json.WriteString("key", WebUtility.UrlEncode(happened.Key).Replace("%2F", "/", StringComparison.Ordinal));
        if (happened.Size > 0)
        {
            json.WriteNumber("size", happened.Size);
        }

        if (happened.ETag is { } etag)
        {
            json.WriteString("eTag", etag);
        }

        if (happened.VersionId is { } version)
        {
            json.WriteString("versionId", version);
        }

        json.WriteString("sequencer", (happened.Time - DateTimeOffset.UnixEpoch).Ticks.ToString("X16", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Name, string Value)> members)
    {
        json.WriteStartObject(name);
        foreach (var (member, value) in members)
        {
            json.WriteString(member, value);
        }

        json.WriteEndObject();
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
