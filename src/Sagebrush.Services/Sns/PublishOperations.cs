using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

using Sagebrush.Contracts.Sns;
using Sagebrush.Services.Sns.Delivery;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Sns;

/// <summary>Publish and PublishBatch.</summary>
internal sealed partial class PublishOperations(Topics topics, DeliveryChannels channels)
{
    private const int MaxBytes = 256 * 1024;

    private const int MaxBatch = 10;

    private const int MaxSubject = 100;

    public void Map(ApiMap api)
    {
        api.Map(SnsApi.Publish, PublishAsync);
        api.Map(SnsApi.PublishBatch, PublishBatchAsync);
    }

    private async ValueTask<PublishResponse> PublishAsync(PublishInput request, CallContext context, CancellationToken cancellationToken)
    {
        var targets = new[] { request.TopicArn, request.TargetArn, request.PhoneNumber }.Count(target => !string.IsNullOrEmpty(target));
        if (targets != 1)
        {
            throw SnsErrors.InvalidParameterException("Invalid parameter: TopicArn or TargetArn Reason: exactly one of TopicArn, TargetArn and PhoneNumber must be given");
        }

        var message = Read(request.Message, request.Subject, request.MessageStructure, request.MessageAttributes);
        if (Size(message) > MaxBytes)
        {
            throw SnsErrors.InvalidParameterException("Invalid parameter: Message too long");
        }

        if (request.PhoneNumber is { Length: > 0 } phone)
        {
            channels.Check("sms", phone);
            return new PublishResponse { MessageId = await topics.SendTextAsync(context.AccountId, context.Region, phone, message, cancellationToken) };
        }

        var arn = OwnTopic(request.TopicArn ?? request.TargetArn, context);
        return new PublishResponse { MessageId = await topics.TryPublishAsync(arn, message, cancellationToken) ?? throw TopicOperations.NoTopic() };
    }

    private async ValueTask<PublishBatchResponse> PublishBatchAsync(PublishBatchInput request, CallContext context, CancellationToken cancellationToken)
    {
        var arn = OwnTopic(request.TopicArn, context);
        var entries = request.PublishBatchRequestEntries;
        if (entries.Count == 0)
        {
            throw SnsErrors.EmptyBatchRequestException("The batch request doesn't contain any entries.");
        }

        if (entries.Count > MaxBatch)
        {
            throw SnsErrors.TooManyEntriesInBatchRequestException("The batch request contains more entries than permissible.");
        }

        if (entries.FirstOrDefault(entry => !EntryId().IsMatch(entry.Id)) is { } wrong)
        {
            throw SnsErrors.InvalidBatchEntryIdException($"The Id of a batch entry in a batch request doesn't abide by the specification: {wrong.Id}");
        }

        if (entries.Select(entry => entry.Id).Distinct(StringComparer.Ordinal).Count() < entries.Count)
        {
            throw SnsErrors.BatchEntryIdsNotDistinctException("Two or more batch entries in the request have the same Id.");
        }

        if (entries.Sum(entry => (long)Encoding.UTF8.GetByteCount(entry.Message)) > MaxBytes)
        {
            throw SnsErrors.BatchRequestTooLongException("The length of all the batch messages put together is more than the limit.");
        }

        if (!await topics.ExistsAsync(arn, cancellationToken))
        {
            throw TopicOperations.NoTopic();
        }

        var response = new PublishBatchResponse { Successful = [], Failed = [] };
        foreach (var entry in entries)
        {
            try
            {
                var message = Read(entry.Message, entry.Subject, entry.MessageStructure, entry.MessageAttributes);
                var id = await topics.TryPublishAsync(arn, message, cancellationToken) ?? throw TopicOperations.NoTopic();
                response.Successful.Add(new PublishBatchResultEntry { Id = entry.Id, MessageId = id });
            }
            catch (ServiceException refused)
            {
                response.Failed.Add(new BatchResultErrorEntry { Id = entry.Id, Code = refused.Code, Message = refused.Message, SenderFault = true });
            }
        }

        return response;
    }

    private static string OwnTopic(string? topicArn, CallContext context)
    {
        var arn = TopicArn.OfTopic(topicArn, context);
        return arn.Account == context.AccountId ? arn.Topic : throw TopicOperations.NoTopic();
    }

    private static TopicMessage Read(string text, string? subject, string? structure, IReadOnlyDictionary<string, MessageAttributeValue>? attributes)
    {
        if (text.Length == 0)
        {
            throw SnsErrors.InvalidParameterException("Invalid parameter: Empty message");
        }

        if (subject is not null && (subject.Length is 0 or > MaxSubject || subject.Any(char.IsControl) || char.IsWhiteSpace(subject[0])))
        {
            throw SnsErrors.InvalidParameterException("Invalid parameter: Subject");
        }

        var byProtocol = structure switch
        {
            null or "" => null,
            "json" => ReadStructure(text),
            _ => throw SnsErrors.InvalidParameterException("Invalid parameter: Message Structure - only 'json' is known"),
        };
        return new TopicMessage(byProtocol?["default"] ?? text, subject)
        {
            TextByProtocol = byProtocol,
            Attributes = (attributes ?? new Dictionary<string, MessageAttributeValue>()).ToDictionary(a => a.Key, a => Read(a.Key, a.Value), StringComparer.Ordinal),
        };
    }

    private static Dictionary<string, string> ReadStructure(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                var texts = new Dictionary<string, string>(StringComparer.Ordinal);
                foreach (var member in json.RootElement.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String))
                {
                    texts[member.Name] = member.Value.GetString()!;
                }

                return texts.ContainsKey("default")
                    ? texts
                    : throw SnsErrors.InvalidParameterException("Invalid parameter: Message Structure - No default entry in JSON message body");
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Said below.
        }

        throw SnsErrors.InvalidParameterException("Invalid parameter: Message Structure - JSON message body failed to parse");
    }

    private static MessageAttribute Read(string name, MessageAttributeValue value)
    {
        if (!AttributeName().IsMatch(name) || name.Contains("..", StringComparison.Ordinal))
        {
            throw Invalid($"The message attribute name '{name}' is invalid.");
        }

        var kind = value.DataType.Split('.', 2)[0];
        switch (kind)
        {
            case "Binary" when value.BinaryValue is { Length: > 0 } bytes:
                return new MessageAttribute(value.DataType, Convert.ToBase64String(bytes));
            case "Number" when value.StringValue is { } number && !double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out _):
                throw Invalid($"Could not cast message attribute '{name}' value to number.");
            case "String" or "Number" when value.StringValue is { Length: > 0 } text:
                return new MessageAttribute(value.DataType, text);
            case "String" or "Number" or "Binary":
                throw Invalid($"The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{value.DataType}'.");
            default:
                throw Invalid($"The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.");
        }
    }

    private static int Size(TopicMessage message) => Encoding.UTF8.GetByteCount(message.Text)
        + message.Attributes.Sum(a => Encoding.UTF8.GetByteCount(a.Key) + Encoding.UTF8.GetByteCount(a.Value.Value) + a.Value.Type.Length);

    private static ServiceException Invalid(string message) => SnsErrors.InvalidParameterValueException(message);

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,80}\z")]
    private static partial Regex EntryId();

    [GeneratedRegex(@"\A(?!(?i:aws|amazon)\.(?!SNS|MM))(?!\.)[A-Za-z0-9_.-]{1,256}(?<!\.)\z")]
    private static partial Regex AttributeName();
}
