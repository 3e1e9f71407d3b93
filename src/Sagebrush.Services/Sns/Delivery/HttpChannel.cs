using System.Net;
using System.Text;

namespace Sagebrush.Services.Sns.Delivery;

/// <summary>Posts messages to web servers.</summary>
internal sealed class HttpChannel(Envelope envelope) : IDeliveryChannel, IDisposable
{
    // SNS gives an endpoint 15 seconds to answer.
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    {
        Timeout = TimeSpan.FromSeconds(15),
        MaxResponseContentBufferSize = 64 * 1024,
    };

    public IReadOnlyList<string> Protocols => ["http", "https"];

    public string? Missing => null;

    public string? Problem(string protocol, string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && url.Scheme == protocol ? null
        : endpoint.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? "Endpoint must match the specified protocol"
        : $"Endpoint must be a URL that begins with {protocol}://";

    public async Task SendAsync(DeliveryDocument delivery, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(delivery.Endpoint));
        var isRaw = delivery.Raw && delivery.Type == DeliveryDocument.Notification;
        request.Content = new StringContent(isRaw ? delivery.Message : envelope.Write(delivery), Encoding.UTF8, "text/plain");
        request.Headers.TryAddWithoutValidation("User-Agent", "Amazon Simple Notification Service Agent");
        request.Headers.TryAddWithoutValidation("x-amz-sns-message-type", delivery.Type);
        request.Headers.TryAddWithoutValidation("x-amz-sns-message-id", delivery.MessageId);
        request.Headers.TryAddWithoutValidation("x-amz-sns-topic-arn", delivery.TopicArn);
        if (delivery.Type == DeliveryDocument.Notification)
        {
            request.Headers.TryAddWithoutValidation("x-amz-sns-subscription-arn", delivery.SubscriptionArn);
        }

        if (isRaw)
        {
            request.Headers.TryAddWithoutValidation("x-amz-sns-rawdelivery", "true");
        }

        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                // A client error stays one, but for "too many requests".
                var status = (int)response.StatusCode;
                throw new DeliveryFailedException(
                    $"the endpoint answered {status}", status is >= 400 and < 500 && response.StatusCode != HttpStatusCode.TooManyRequests);
            }
        }
        catch (HttpRequestException exception)
        {
            throw new DeliveryFailedException(exception.Message, isFinal: false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DeliveryFailedException("the endpoint did not answer in time", isFinal: false);
        }
    }

    public void Dispose() => _client.Dispose();
}
