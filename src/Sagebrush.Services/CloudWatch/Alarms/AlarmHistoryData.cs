using System.Buffers;
using System.Text;
using System.Text.Json;
using Sagebrush.Wire.Json;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>The JSON of history items.</summary>
internal static class AlarmHistoryData
{
    /// <summary>A change of state.</summary>
    public static string OfTransition(AlarmTransition transition) => Write(json =>
    {
        json.WriteString("version", "1.0");
        json.WriteStartObject("oldState");
        json.WriteString("stateValue", transition.From);
        json.WriteEndObject();
        json.WriteStartObject("newState");
        json.WriteString("stateValue", transition.To);
        json.WriteString("stateReason", transition.Reason);
        if (transition.ReasonData is { } data)
        {
            json.WritePropertyName("stateReasonData");
            json.WriteStringValue(data);
        }

        json.WriteEndObject();
    });

    /// <summary>An action that was started.</summary>
    public static string OfAction(string arn, AlarmTransition transition, bool succeeded) => Write(json =>
    {
        json.WriteString("actionState", succeeded ? "Succeeded" : "Failed");
        json.WriteString("notificationResource", arn);
        json.WriteString("stateUpdateTimestamp", transition.Time.UtcDateTime);
        json.WriteString("stateValue", transition.To);
    });

    /// <summary>A definition that was made, changed or deleted.</summary>
    public static string OfDefinition(string change, IShape? definition) => Write(json =>
    {
        json.WriteString("version", "1.0");
        json.WriteString("type", change);
        if (definition is not null)
        {
            json.WritePropertyName(change == "Create" ? "createdAlarm" : "updatedAlarm");
            json.WriteRawValue(ShapeJson.Write(definition));
        }
    });

    private static string Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
