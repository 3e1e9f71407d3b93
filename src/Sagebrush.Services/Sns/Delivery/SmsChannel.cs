using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sagebrush.Services.Sns.Delivery;

/// <summary>Posts text messages to the configured gateway, as JSON: <c>{"PhoneNumber", "Message", "SenderId", "MessageId"}</c>.</summary>
internal sealed partial class SmsChannel(SnsOptions options) : IDeliveryChannel, IDisposable
{
    private const string SenderIdAttribute = "AWS.SNS.SMS.SenderID";

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = 64 * 1024 };

    public IReadOnlyList<string> Protocols => ["sms"];

    public string? Missing => options.SmsGateway is null
        ? "no SMS gateway is configured; start the server with SAGEBRUSH_SMS_GATEWAY=URL, to which messages are posted as JSON"
        : null;

    public string? Problem(string protocol, string endpoint) => PhoneNumber().IsMatch(endpoint) ? null : $"{endpoint} is not a valid phone number in E.164 format";

    public async Task SendAsync(DeliveryDocument delivery, CancellationToken cancellationToken)
    {
        var gateway = options.SmsGateway ?? throw new DeliveryFailedException(Missing!, isFinal: false);

        // The password of the gateway's URL travels in the header, not in the request line.
        using var request = new HttpRequestMessage(HttpMethod.Post, new UriBuilder(gateway) { UserName = "", Password = "" }.Uri);
        if (gateway.UserInfo.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(gateway.UserInfo))));
        }

        var sender = delivery.Attributes.TryGetValue(SenderIdAttribute, out var given) ? given.Value : delivery.DisplayName;
        request.Content = new ByteArrayContent(Write(delivery, sender));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                var status = (int)response.StatusCode;
                throw new DeliveryFailedException($"the SMS gateway answered {status}", status is >= 400 and < 500 and not (401 or 403 or 408 or 429));
            }
        }
        catch (HttpRequestException exception)
        {
            throw new DeliveryFailedException(exception.Message, isFinal: false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DeliveryFailedException("the SMS gateway did not answer in time", isFinal: false);
        }
    }

    public void Dispose() => _client.Dispose();

    private static byte[] Write(DeliveryDocument delivery, string? sender)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("PhoneNumber", delivery.Endpoint);
            json.WriteString("Message", delivery.Message);
            json.WriteString("MessageId", delivery.MessageId);
            if (sender is not null)
            {
                json.WriteString("SenderId", sender);
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    [GeneratedRegex(@"\A\+[1-9][0-9]{4,14}\z")]
    private static partial Regex PhoneNumber();
}
