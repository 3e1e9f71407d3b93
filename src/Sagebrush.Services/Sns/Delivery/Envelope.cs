using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sagebrush.Services.Sns.Delivery;

/// <summary>Puts a message into the signed JSON that SNS sends.</summary>
internal sealed class Envelope(MessageSigner signer, SnsOptions options)
{
    private static readonly JsonWriterOptions Format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The link that confirms a subscription.</summary>
    public string SubscribeUrl(DeliveryDocument delivery) =>
        $"{options.PublicUrl()}/?Action=ConfirmSubscription&Version=2010-03-31&TopicArn={delivery.TopicArn}&Token={delivery.Token}";

    /// <summary>The link that ends a subscription.</summary>
    public string UnsubscribeUrl(DeliveryDocument delivery) =>
        $"{options.PublicUrl()}/?Action=Unsubscribe&Version=2010-03-31&SubscriptionArn={delivery.SubscriptionArn}";

    /// <summary>The envelope, as JSON.</summary>
    public string Write(DeliveryDocument delivery)
    {
        var confirms = delivery.Type == DeliveryDocument.Confirmation;
        var timestamp = delivery.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        Dictionary<string, string?> signed = new()
        {
            ["Type"] = delivery.Type,
            ["MessageId"] = delivery.MessageId,
            ["Token"] = confirms ? delivery.Token : null,
            ["TopicArn"] = delivery.TopicArn,
            ["Subject"] = delivery.Subject,
            ["Message"] = delivery.Message,
            ["SubscribeURL"] = confirms ? SubscribeUrl(delivery) : null,
            ["Timestamp"] = timestamp,
        };
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Format))
        {
            json.WriteStartObject();
            foreach (var (name, value) in signed.Where(member => member.Value is not null))
            {
                json.WriteString(name, value);
            }

            json.WriteString("SignatureVersion", delivery.SignatureVersion);
            json.WriteString("Signature", signer.Sign(signed, delivery.SignatureVersion));
            json.WriteString("SigningCertURL", options.PublicUrl() + signer.CertificatePath);
            if (!confirms)
            {
                json.WriteString("UnsubscribeURL", UnsubscribeUrl(delivery));
                WriteAttributes(json, delivery.Attributes);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteAttributes(Utf8JsonWriter json, Dictionary<string, MessageAttribute> attributes)
    {
        if (attributes.Count == 0)
        {
            return;
        }

        json.WriteStartObject("MessageAttributes");
        foreach (var (name, attribute) in attributes)
        {
            json.WriteStartObject(name);
            json.WriteString("Type", attribute.Type);
            json.WriteString("Value", attribute.Value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
